//! "deleting" and "deleted" as forms of "delete": polite and passive requests name what is to be
//! done in other forms than commands do.

/// How a verb stands in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// "delete".
    Base,
    /// "deleting".
    Gerund,
    /// "deleted".
    Participle,
}

/// Participles that follow no rule, and their verbs.
const IRREGULAR: [(&str, &str); 17] = [
    ("gone", "remove"),
    ("put", "put"),
    ("set", "set"),
    ("sent", "send"),
    ("made", "make"),
    ("written", "write"),
    ("built", "build"),
    ("taken", "take"),
    ("found", "find"),
    ("shown", "show"),
    ("begun", "begin"),
    ("rewritten", "rewrite"),
    ("gotten", "get"),
    ("held", "hold"),
    ("kept", "keep"),
    ("shut", "shut"),
    ("drawn", "draw"),
];

/// The commands that `word` may be a form of, most likely first.
pub(super) fn bases(word: &str, form: Form) -> Vec<String> {
    let stem = match form {
        Form::Base => return vec![word.to_owned()],
        Form::Gerund => word.strip_suffix("ing"),
        Form::Participle => {
            if let Some((_, base)) = IRREGULAR.iter().find(|(participle, _)| *participle == word) {
                return vec![(*base).to_owned()];
            }
            word.strip_suffix("ed")
        }
    };
    let Some(stem) = stem.filter(|stem| stem.len() > 1) else { return Vec::new() };
    let mut found = vec![stem.to_owned(), format!("{stem}e")];
    let last = &stem.as_bytes()[stem.len() - 1];
    if stem.len() > 2 && stem.is_ascii() && stem.as_bytes()[stem.len() - 2] == *last {
        found.push(stem[..stem.len() - 1].to_owned());
    }
    if let Some(short) = stem.strip_suffix('i') {
        found.push(format!("{short}y"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Form, bases};

    #[test]
    fn forms_lead_back_to_the_command() {
        for (word, form, base) in [
            ("deleting", Form::Gerund, "delete"),
            ("adding", Form::Gerund, "add"),
            ("putting", Form::Gerund, "put"),
            ("tagged", Form::Participle, "tag"),
            ("removed", Form::Participle, "remove"),
            ("sent", Form::Participle, "send"),
            ("notified", Form::Participle, "notify"),
        ] {
            assert!(bases(word, form).iter().any(|found| found == base), "{word}");
        }
        assert!(bases("bed", Form::Participle).is_empty());
        assert!(bases("é", Form::Gerund).is_empty());
    }
}
