//! Which parts of a pasted mail are the request: quoted lines, forwarded mails and signatures are
//! somebody's words and never a command.

use super::words::normal;

/// Lines that begin a forwarded or answered mail, in the spelling of `words::normal`.
const FORWARDED: [&str; 8] = [
    "original message",
    "forwarded message",
    "begin forwarded message",
    "urspruengliche nachricht",
    "ursprungliche nachricht",
    "weitergeleitete nachricht",
    "message original",
    "mensaje original",
];

/// Words that close a mail when they stand on a line of their own.
const CLOSINGS: [&str; 32] = [
    "best",
    "best regards",
    "kind regards",
    "warm regards",
    "regards",
    "cheers",
    "thanks",
    "thank you",
    "many thanks",
    "thanks again",
    "thanks in advance",
    "thank you in advance",
    "thanks and regards",
    "thanks so much",
    "sincerely",
    "yours sincerely",
    "yours truly",
    "yours",
    "all the best",
    "best wishes",
    "br",
    "rgds",
    "talk soon",
    "sent from my iphone",
    "mfg",
    "viele grusse",
    "viele gruesse",
    "mit freundlichen grussen",
    "mit freundlichen gruessen",
    "cordialement",
    "bien a vous",
    "saludos",
];

/// Bytes of `text`, in order and apart, that are not the writer's request.
pub(super) fn silent(text: &str) -> Vec<(usize, usize)> {
    // Almost every request is one line.
    if !text.contains('\n') && !text.starts_with('>') {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut spoken = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let trimmed = line.trim();
        if begins_foreign_part(trimmed) || (spoken && closes(trimmed, &text[end..])) {
            found.push((start, text.len()));
            return found;
        }
        if trimmed.starts_with('>') {
            found.push((start, end));
        } else {
            spoken |= !trimmed.is_empty();
        }
        start = end;
    }
    found
}

fn begins_foreign_part(line: &str) -> bool {
    let wrote =
        line.len() < 200 && (line.ends_with("wrote:") || line.ends_with("schrieb:") || line.ends_with("écrit :"));
    // "From: biopharma, contract research" is a line of a form.
    let form = |value: &str| value.starts_with(char::is_lowercase) && !value.contains('@');
    let sender = line.strip_prefix("From: ").or_else(|| line.strip_prefix("Von: "));
    let header = sender.is_some_and(|value| !form(value));
    let ruled = line.starts_with("--") || line.starts_with("__") || line.starts_with("Begin forwarded");
    wrote || header || (ruled && (line == "--" || FORWARDED.contains(&normal(line).as_str())))
}

/// A closing on a line of its own, with nothing but a name and an address below.
fn closes(line: &str, below: &str) -> bool {
    const SIGNATURE_LINES: usize = 6;
    const LONGEST_LINE: usize = 60;
    line.len() < 40
        && CLOSINGS.contains(&normal(line).as_str())
        && below.lines().filter(|line| !line.trim().is_empty()).count() <= SIGNATURE_LINES
        && below.lines().all(|line| line.len() <= LONGEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::silent;

    #[test]
    fn only_the_writers_own_lines_speak() {
        for (text, spoken) in [
            ("find CEOs", "find CEOs"),
            ("> delete all\nfind CEOs", "find CEOs"),
            ("find CEOs\n\nBest regards,\nJane Doe\nAcme", "find CEOs\n\n"),
            ("see below\n-----Original Message-----\nFrom: Bob\ndelete all", "see below\n"),
            ("On Monday Bob wrote:\n> delete all", ""),
            ("Thanks\nfind CEOs", "Thanks\nfind CEOs"),
            ("find CEOs\n--\nJane", "find CEOs\n"),
        ] {
            let mut left = String::new();
            let mut at = 0;
            for (start, end) in silent(text) {
                left.push_str(&text[at..start]);
                at = end;
            }
            left.push_str(&text[at..]);
            assert_eq!(left, spoken, "{text:?}");
        }
    }
}
