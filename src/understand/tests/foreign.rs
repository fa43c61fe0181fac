//! Commands in German, French, Spanish and Italian, each with the slots it must give.

use super::super::read;
use super::records::assert_read;

#[test]
fn german_commands_are_read_with_their_ending_verbs() {
    assert_read(
        "contact_update",
        &[
            (
                "Schreibe eine Notiz zu Petra Hahn: bevorzugt Anrufe",
                "add_note",
                r#"{"contacts": [{"name": "Petra Hahn"}], "changes": {"note": "bevorzugt Anrufe"}}"#,
            ),
            (
                "Notiere bei Lars Behrens, dass er im Urlaub ist",
                "add_note",
                r#"{"contacts": [{"name": "Lars Behrens"}], "changes": {"note": "er im Urlaub ist"}}"#,
            ),
            (
                "Lege einen neuen Kontakt an: Petra Hahn, hahn@lindner.example",
                "create",
                r#"{"contacts": [{"name": "Petra Hahn", "email": "hahn@lindner.example"}]}"#,
            ),
            (
                "Neuer Kontakt: Petra Hahn, hahn@lindner.example",
                "create",
                r#"{"contacts": [{"name": "Petra Hahn", "email": "hahn@lindner.example"}]}"#,
            ),
            (
                "Lösche die Telefonnummer von Petra Hahn",
                "clear_field",
                r#"{"contacts": [{"name": "Petra Hahn"}], "changes": {"phone": null}}"#,
            ),
            (
                "Ändere den Titel von Petra Hahn auf Geschäftsführerin",
                "update",
                r#"{"contacts": [{"name": "Petra Hahn"}], "changes": {"title": "Geschäftsführerin"}}"#,
            ),
            (
                "Führe Petra Hahn und Petra Hahn-Maier zusammen",
                "merge",
                r#"{"contacts": [{"name": "Petra Hahn"}, {"name": "Petra Hahn-Maier"}]}"#,
            ),
        ],
    );
    let listed = r#"{"list_name": "VIP", "contacts": [{"name": "Petra Hahn"}]}"#;
    assert_read(
        "list_operation",
        &[
            ("Lege eine Liste \"Messe Köln\" an", "create", r#"{"list_name": "Messe Köln"}"#),
            ("Setze Petra Hahn auf die Liste VIP", "add", listed),
            ("Trage Petra Hahn in die Liste VIP ein", "add", listed),
            ("Trag Petra Hahn aus der Liste VIP aus", "remove", listed),
            ("Nimm Petra Hahn von der Liste VIP", "remove", listed),
            ("Führe die Listen Nord und Süd zusammen", "merge", r#"{"list_name": ["Nord", "Süd"]}"#),
            ("Benenne die Liste Nord in Süd um", "rename", r#"{"list_name": "Nord", "changes": {"name": "Süd"}}"#),
        ],
    );
    assert_read(
        "campaign_start",
        &[
            ("Halte die Kampagne Frühjahr an", "pause", r#"{"campaign_name": "Frühjahr"}"#),
            ("Setze die Kampagne Frühjahr fort", "resume", r#"{"campaign_name": "Frühjahr"}"#),
        ],
    );
}

#[test]
fn italian_and_dutch_commands_name_their_lists() {
    assert_read(
        "list_operation",
        &[
            (
                "Aggiungi Paolo Ricci alla lista Milano",
                "add",
                r#"{"list_name": "Milano", "contacts": [{"name": "Paolo Ricci"}]}"#,
            ),
            (
                "Rimuovi Paolo Ricci dalla lista Milano",
                "remove",
                r#"{"list_name": "Milano", "contacts": [{"name": "Paolo Ricci"}]}"#,
            ),
            (
                "Verwijder Sanne Bakker van de lijst Gasten",
                "remove",
                r#"{"list_name": "Gasten", "contacts": [{"name": "Sanne Bakker"}]}"#,
            ),
        ],
    );
}

#[test]
fn words_of_another_language_keep_their_number_and_name_no_firm() {
    for (text, slot, value) in [
        ("Wir suchen Einkaufsleiter bei Maschinenbauern in Stuttgart", "industries", "machinery"),
        ("brauche 30 Marketingleiter bei Fahrradhändlern in Dortmund", "keywords", "Fahrradhändlern"),
        ("Suche 20 Geschäftsführer von Speditionen in Hamburg", "industries", "Spedition"),
        ("Zoek 15 eigenaren van fietsenwinkels in Utrecht", "keywords", "fietsenwinkels"),
        ("Busco gerentes de compras en hoteles de Cancún", "titles", "gerente de compras"),
        ("Procuro diretores de marketing em startups de São Paulo", "titles", "diretor de marketing"),
        ("Je cherche 10 directeurs juridiques à Lyon, secteur pharma", "industries", "pharmaceuticals"),
    ] {
        let found = serde_json::to_value(read(text)).unwrap();
        assert_eq!(found["slots"][slot], serde_json::json!([value]), "{text}: {found}");
        assert_eq!(found["slots"]["other"], serde_json::json!([]), "{text}: {found}");
    }
}

#[test]
fn a_wish_of_another_language_is_a_search() {
    for (text, count) in [
        ("Könntest du mir 10 Anwälte in Wien raussuchen?", 10),
        ("Ich bräuchte 20 Steuerberater in Köln", 20),
        ("Peux-tu me trouver 10 notaires à Nantes ?", 10),
        ("Vorrei 10 avvocati a Torino", 10),
        ("Gostaria de 10 contadores no Porto", 10),
    ] {
        let found = serde_json::to_value(read(text)).unwrap();
        assert_eq!(found["intent"], "prospect_search", "{text}");
        assert_eq!(found["slots"]["count"], count, "{text}");
        assert_eq!(found["slots"]["exclude"], serde_json::json!({}), "{text}");
    }
}
