//! The search index as a user meets it: damaged files, a killed server, a folder of another installation. Searches give
//! the same numbers or are refused for a moment; never others.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::people::{at_law_firm, law_firm_ceos};
use crate::support::process::{Installation, Process};

/// Chief executives, and where the first two of them are found.
async fn chiefs(server: &Process, key: &str) -> (Value, Vec<Value>) {
    let body = json!({ "titles": ["CEO"], "industry": ["law firm"], "per_page": 2 });
    let answer = server.client(key).post("/v1/prospector/search", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let people = answer.json["data"]["prospects"].as_array().expect("people").iter();
    (answer.json["meta"]["total"].clone(), people.map(|person| person["id"].clone()).collect())
}

/// The files of the index that hold something.
fn parts(home: &Installation) -> Vec<PathBuf> {
    let folder = home.folder().join("index");
    let mut parts: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    parts.retain(|path| path.file_name().is_some_and(|name| name != "lock"));
    parts.sort();
    parts
}

#[tokio::test]
async fn a_damaged_index_is_found_at_the_start_said_in_the_log_and_built_anew_without_another_number() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(30));
    let key = home.key("read");
    home.lexi(&["prospects", "reindex"]);
    assert_eq!(parts(&home).len(), 2, "a manifest and a base");
    let server = home.serve(&[]).await;
    let right = chiefs(&server, &key).await;
    assert_eq!(right.0, 30);
    assert!(!server.log().contains("built anew"), "{}", server.log());
    assert_eq!(server.terminate(), 0);

    let flip = |path: &PathBuf| {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(path, bytes).unwrap();
    };
    let cut = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 3]).unwrap();
    };
    let remove = |path: &PathBuf| fs::remove_file(path).unwrap();
    type Damage<'f> = (&'f str, &'f dyn Fn(&PathBuf));
    let damages: [Damage; 3] = [("flipped", &flip), ("cut", &cut), ("removed", &remove)];
    for (at, (name, damage)) in damages.into_iter().enumerate() {
        let segment = parts(&home).into_iter().find(|path| path.extension().is_some()).expect("a segment");
        damage(&if at == 1 { home.folder().join("index/manifest") } else { segment });
        let server = home.serve(&[]).await;
        assert_eq!(chiefs(&server, &key).await, right, "{name}");
        assert!(server.log().contains("the search index can't be used and is built anew"), "{name}: {}", server.log());
        assert_eq!(server.terminate(), 0);
        let server = home.serve(&[]).await;
        assert_eq!(chiefs(&server, &key).await, right, "{name}");
        assert!(!server.log().contains("built anew"), "it was saved whole: {}", server.log());
        assert_eq!(server.terminate(), 0);
    }
}

#[tokio::test]
async fn an_index_that_was_not_saved_before_the_kill_is_followed_from_where_it_was() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(10));
    let key = home.key("read");
    home.lexi(&["prospects", "reindex"]);
    let server = home.serve(&[]).await;
    assert_eq!(chiefs(&server, &key).await.0, 10);
    home.people(&[at_law_firm(70, "CEO"), at_law_firm(71, "CEO")]);
    assert_eq!(chiefs(&server, &key).await.0, 12);
    server.kill9();
    home.people(&[at_law_firm(71, "Paralegal"), at_law_firm(72, "CEO"), at_law_firm(73, "CEO")]);
    let server = home.serve(&[]).await;
    assert_eq!(chiefs(&server, &key).await.0, 13);
    assert!(!server.log().contains("built anew"), "{}", server.log());
    assert_eq!(server.terminate(), 0);
}

#[tokio::test]
async fn the_index_of_another_installation_is_not_believed() {
    let (home, other) = (Installation::new().await, Installation::new().await);
    home.people(&law_firm_ceos(10));
    other.people(&(0..25).map(|n| at_law_firm(n, "Paralegal")).collect::<Vec<_>>());
    for place in [&home, &other] {
        place.lexi(&["prospects", "reindex"]);
    }
    for path in parts(&home) {
        fs::remove_file(path).unwrap();
    }
    for path in parts(&other) {
        fs::copy(&path, home.folder().join("index").join(path.file_name().unwrap())).unwrap();
    }
    let key = home.key("read");
    let server = home.serve(&[]).await;
    assert_eq!(chiefs(&server, &key).await.0, 10);
    assert!(server.log().contains("built anew"), "{}", server.log());
    assert_eq!(server.terminate(), 0);
}
