//! A caller of the API: an address, a key, and answers as a user sees them.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::book::Book;

/// One caller. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: Option<String>,
    book: Option<Book>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Client {
    /// A caller with `key`, or with none, of the server at `url`.
    pub fn new(url: &str, key: Option<String>) -> Client {
        Client::trusting(url, key, None)
    }

    /// As [`Client::new`]; of servers with TLS it believes those whose certificate is of this one (PEM), and no others.
    pub fn trusting(url: &str, key: Option<String>, ca: Option<&str>) -> Client {
        // One provider of TLS for the process; a second call finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder().no_proxy();
        if let Some(ca) = ca {
            http = http.tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).expect("a certificate")]);
        }
        let http = http.build().expect("a client can be made");
        Client { http, url: url.to_owned(), key, book: None }
    }

    /// The same caller, whose requests are written down with their answers.
    pub fn written_down_in(&self, book: &Book) -> Client {
        Client { book: Some(book.clone()), ..self.clone() }
    }

    /// The same address with another key.
    pub fn with_key(&self, key: &str) -> Client {
        Client { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The key this caller holds.
    pub fn key(&self) -> &str {
        self.key.as_deref().expect("a caller with a key")
    }

    /// A request with this caller's key, to be completed and given to [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.key {
            Some(key) => request.header(AUTHORIZATION, format!("Bearer {key}")),
            None => request,
        }
    }

    /// Sends a request; fails the test when no answer comes.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("the server answers")
    }

    /// Sends a request; nothing when no answer comes, as when the server is killed.
    pub async fn try_send(&self, request: RequestBuilder) -> Option<Answer> {
        let (http, request) = request.build_split();
        let request = request.expect("a request that can be sent");
        let page = self.book.as_ref().map(|book| (book, book.asked(self.key(), &request)));
        let answer = answer_of(http.execute(request).await.ok()?).await?;
        if let Some((book, page)) = page {
            book.answered(page, &answer);
        }
        Some(answer)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a body of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// POST as the published clients do: `Content-Type: application/json` and no byte.
    pub async fn post_empty(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path).header(CONTENT_TYPE, "application/json")).await
    }

    /// PATCH with a body of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// PUT, which no route answers.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }
}

/// The whole answer; nothing when the line breaks in its middle.
async fn answer_of(response: reqwest::Response) -> Option<Answer> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.ok()?;
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some(Answer { status, headers, text, json })
}

/// Makes something by `POST path`; gives `data`.
pub async fn made(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.post(path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer.json["data"].clone()
}

/// As [`made`]; gives the id. Some pages put the record one level deeper.
pub async fn made_id(client: &Client, path: &str, body: Value) -> String {
    let data = made(client, path, body).await;
    let id = data["id"].as_str().or_else(|| data.as_object()?.values().find_map(|value| value["id"].as_str()));
    id.expect("an id").to_owned()
}

/// A 400 that names one field.
#[track_caller]
pub fn assert_refused(answer: &Answer, field: &str, message: &str) {
    let expected = serde_json::json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { field: message } } } });
    assert_eq!((answer.status, &answer.json), (400, &expected));
}
