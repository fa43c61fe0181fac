//! One question, one answer, over the two forms that models are asked in: OpenAI's chat completions, which Ollama, vLLM
//! and llama.cpp answer too, and Anthropic's messages. The key goes into its header and nowhere else.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};

use super::Failure;
use crate::config::ModelProvider;
use crate::error::{Error, Result};

/// The longest a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer; a draft of the largest size is far below.
const ANSWER_MAX: usize = 256 << 10;
/// An overloaded or broken server is asked once more.
const ATTEMPTS: u32 = 2;
/// Before it is asked again.
const PAUSE: Duration = Duration::from_millis(400);
/// The version of Anthropic's interface that this client speaks.
const ANTHROPIC_VERSION: &str = "2023-06-01";

#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    provider: ModelProvider,
    url: Url,
    name: String,
}

impl Client {
    pub(super) fn new(
        provider: ModelProvider,
        url: &str,
        name: &str,
        key: Option<&str>,
        timeout: Duration,
    ) -> Result<Client> {
        let path = match provider {
            ModelProvider::OpenAi => "chat/completions",
            ModelProvider::Anthropic => "messages",
        };
        let wrong = |why: &dyn std::fmt::Display| Error::internal(format_args!("model_url can't be used: {why}"));
        let url = Url::parse(&format!("{}/{path}", url.trim_end_matches('/'))).map_err(|error| wrong(&error))?;
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let (header, text) = match provider {
                ModelProvider::OpenAi => ("authorization", format!("Bearer {key}")),
                ModelProvider::Anthropic => ("x-api-key", key.to_owned()),
            };
            let mut value = HeaderValue::try_from(text)
                .map_err(|_| Error::internal("model_key holds characters that no key has"))?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(header), value);
        }
        if provider == ModelProvider::Anthropic {
            headers.insert("anthropic-version", HeaderValue::from_static(ANTHROPIC_VERSION));
        }
        // The one provider of this program; the command line has installed it, another user of the library may not have.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .user_agent(concat!("lexi/", env!("CARGO_PKG_VERSION")));
        if url.scheme() == "http" {
            // No certificate is looked at, so a machine without any must do.
            http = http.tls_certs_only([]).no_proxy();
        }
        let http = http.build().map_err(|error| wrong(&error.without_url()))?;
        Ok(Client { http, provider, url, name: name.to_owned() })
    }

    /// The text of the model's answer. Asked again once when the server is overloaded, broken or not there.
    pub(super) async fn ask(
        &self,
        system: &str,
        user: &str,
        tokens_max: u32,
        json: bool,
    ) -> std::result::Result<String, Failure> {
        let body = self.body(system, user, tokens_max, json);
        let mut attempt = 1;
        loop {
            let failure = match self.once(&body).await {
                Ok(answer) => return self.text_of(&answer),
                Err(failure) => failure,
            };
            let passing = match &failure {
                Failure::Unreachable(_) => true,
                Failure::Refused(status) => *status == 429 || *status >= 500,
                Failure::Unreadable(_) => false,
            };
            if attempt == ATTEMPTS || !passing {
                return Err(failure);
            }
            attempt += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn body(&self, system: &str, user: &str, tokens_max: u32, json: bool) -> Value {
        let user = json!({ "role": "user", "content": user });
        match self.provider {
            ModelProvider::OpenAi => {
                let mut body = json!({
                    "model": self.name,
                    "messages": [{ "role": "system", "content": system }, user],
                    "max_tokens": tokens_max,
                    "temperature": 0,
                });
                if json {
                    body["response_format"] = json!({ "type": "json_object" });
                }
                body
            }
            ModelProvider::Anthropic => json!({
                "model": self.name,
                "system": system,
                "messages": [user],
                "max_tokens": tokens_max,
                "temperature": 0,
            }),
        }
    }

    async fn once(&self, body: &Value) -> std::result::Result<Value, Failure> {
        let unreachable = |error: reqwest::Error| Failure::Unreachable(error.without_url().to_string());
        let mut answer = self.http.post(self.url.clone()).json(body).send().await.map_err(unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::Refused(answer.status().as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            if bytes.len() + part.len() > ANSWER_MAX {
                return Err(Failure::Unreadable(format!("it has more than {ANSWER_MAX} bytes")));
            }
            bytes.extend_from_slice(&part);
        }
        serde_json::from_slice(&bytes).map_err(|error| Failure::Unreadable(error.to_string()))
    }

    fn text_of(&self, answer: &Value) -> std::result::Result<String, Failure> {
        let text = match self.provider {
            ModelProvider::OpenAi => answer["choices"][0]["message"]["content"].as_str(),
            ModelProvider::Anthropic => answer["content"]
                .as_array()
                .and_then(|parts| parts.iter().find(|part| part["type"] == "text"))
                .and_then(|part| part["text"].as_str()),
        };
        text.map(str::to_owned).ok_or_else(|| Failure::Unreadable("it holds no text".into()))
    }
}
