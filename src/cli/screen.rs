//! What a person reads: lines that fit the terminal. Without a terminal the same facts come as plain lines, never cut and
//! without colour; colour never carries a meaning of its own.

use std::io::{self, IsTerminal as _, Write};

use console::measure_text_width;
use serde::Serialize;

/// Narrowest width that is laid out for; narrower terminals wrap by themselves.
const WIDTH_MIN: usize = 40;
/// Widest line of text; longer ones are hard to read.
const WIDTH_MAX: usize = 140;

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns; `None` when the reader is not a terminal, so nothing is wrapped or cut.
    pub(super) width: Option<usize>,
    /// Whether colours may be used.
    pub(super) colour: bool,
}

/// Standard output with the layout that fits it.
pub(super) struct Screen {
    /// How text is laid out.
    pub(super) layout: Layout,
    out: io::Stdout,
}

impl Screen {
    /// Standard output as it is now.
    pub(super) fn stdout() -> Screen {
        let term = console::Term::stdout();
        let layout = if term.is_term() {
            let width = usize::from(term.size().1).clamp(WIDTH_MIN, WIDTH_MAX);
            Layout { width: Some(width), colour: console::colors_enabled() }
        } else {
            Layout::PLAIN
        };
        Screen { layout, out: io::stdout() }
    }

    /// Writes text that ends with its own line break, or one line.
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }

    /// Writes JSON for a program: one value, laid out over lines.
    pub(super) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.print(&serde_json::to_string_pretty(value)?)
    }

    /// Writes rows of cells; the first row names the columns.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) -> io::Result<()> {
        let mut lines = self.layout.columns(0, rows);
        if let Some(head) = lines.first_mut() {
            *head = self.layout.faint(head);
        }
        self.print(&lines.join("\n"))
    }

    /// Whether a person sits in front of it and can answer.
    pub(super) fn can_ask(&self) -> bool {
        self.layout.width.is_some() && io::stdin().is_terminal()
    }

    /// Asks a question that is answered with yes or no; anything but yes is no.
    pub(super) async fn confirm(&mut self, question: &str) -> io::Result<bool> {
        write!(self.out, "{question} [y/N] ")?;
        self.out.flush()?;
        let answer = read_line().await?.unwrap_or_default();
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Writes a prompt and reads one line; `None` at the end of the input.
    pub(super) async fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        write!(self.out, "{prompt}")?;
        self.out.flush()?;
        read_line().await
    }
}

/// One line of standard input, without its line break; `None` at the end.
///
/// Read on a thread of its own that nobody waits for, so that Ctrl-C ends a command that is waiting for an answer.
pub(super) async fn read_line() -> io::Result<Option<String>> {
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _ = send.send(read.map(|bytes| (bytes > 0).then_some(line)));
    });
    let line = receive.await.map_err(io::Error::other)??;
    Ok(line.map(|line| line.trim_end_matches(['\n', '\r']).to_owned()))
}

impl Layout {
    /// For whatever is not a terminal.
    pub(super) const PLAIN: Layout = Layout { width: None, colour: false };

    /// Text that stands back.
    pub(super) fn faint(self, text: &str) -> String {
        self.coloured("2", text)
    }

    /// Text that stands out.
    pub(super) fn strong(self, text: &str) -> String {
        self.coloured("1", text)
    }

    fn coloured(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// `text` with `label` before its first line, all further lines indented below the text; ends with a line break.
    pub(super) fn labelled(self, label: &str, text: &str) -> String {
        let indent = measure_text_width(label);
        let room = self.width.map(|width| width.saturating_sub(indent).max(WIDTH_MIN / 2));
        let mut lines = String::new();
        for (at, line) in text.lines().flat_map(|line| wrapped(line, room)).enumerate() {
            let line = if at == 0 { format!("{label}{line}") } else { format!("{}{line}", " ".repeat(indent)) };
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        if lines.is_empty() { format!("{}\n", label.trim_end()) } else { lines }
    }

    /// Rows of cells below each other, two blanks between the columns; the widest flexible column gives way when a
    /// terminal is too narrow.
    pub(super) fn columns(self, indent: usize, rows: &[Vec<String>]) -> Vec<String> {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..count)
            .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| measure_text_width(cell)).max().unwrap_or(0))
            .collect();
        if let Some(width) = self.width {
            let fixed = indent + 2 * count.saturating_sub(1);
            while fixed + widths.iter().sum::<usize>() > width {
                let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > COLUMN_MIN) else { break };
                *widest -= 1;
            }
        }
        rows.iter().map(|row| one_row(indent, row, &widths)).collect()
    }
}

/// No column is cut below this.
const COLUMN_MIN: usize = 8;

fn one_row(indent: usize, row: &[String], widths: &[usize]) -> String {
    let mut line = " ".repeat(indent);
    for (cell, &width) in row.iter().zip(widths) {
        let cell = console::truncate_str(cell, width, "…");
        let blanks = width.saturating_sub(measure_text_width(&cell)) + 2;
        line.push_str(&cell);
        line.push_str(&" ".repeat(blanks));
    }
    line.trim_end().to_owned()
}

/// Breaks a line at blanks, so that each part has at most `room` columns; a longer word stays whole.
fn wrapped(line: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else { return vec![line.to_owned()] };
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in line.split(' ') {
        let width = measure_text_width(word);
        let last = lines.len() - 1;
        if used > 0 && used + 1 + width > room {
            lines.push(word.to_owned());
            used = width;
        } else {
            if used > 0 || !lines[last].is_empty() {
                lines[last].push(' ');
                used += 1;
            }
            lines[last].push_str(word);
            used += width;
        }
    }
    lines
}

/// A whole number with a comma between the thousands: 1930 → `1,930`.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and the word for what it counts: `1 contact`, `1,930 contacts`.
pub(super) fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// The day of an ISO time, in UTC: `30 Nov`. Text that is no time is shown as it is.
pub(super) fn day(iso: &str) -> String {
    formatted(iso, "%-d %b")
}

/// Day and minute of an ISO time, in UTC: `30 Nov 2026 05:31`.
pub(super) fn minute(iso: &str) -> String {
    formatted(iso, "%-d %b %Y %H:%M")
}

fn formatted(iso: &str, format: &str) -> String {
    match iso.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime(format).to_string(),
        Err(_) => iso.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Layout = Layout { width: Some(40), colour: false };

    #[test]
    fn text_wraps_below_its_label_and_only_on_a_terminal() {
        let text = "71 people fit. Approve, and I add 50 of them to a new list.";
        assert_eq!(
            NARROW.labelled("Lexi   ", text),
            "Lexi   71 people fit. Approve, and I add\n       50 of them to a new list.\n"
        );
        assert_eq!(Layout::PLAIN.labelled("Lexi   ", text), format!("Lexi   {text}\n"));
        assert_eq!(NARROW.labelled("       ", "two\nlines"), "       two\n       lines\n");
    }

    #[test]
    fn columns_are_cut_only_to_fit_a_terminal() {
        let rows = vec![
            vec!["Renata Okafor".into(), "Chief Executive Officer, Okafor & Lindqvist LLP".into(), "Oakland".into()],
            vec!["Łucja".into(), "CEO".into(), "東京".into()],
        ];
        let cut = NARROW.columns(2, &rows);
        assert!(cut.iter().all(|line| measure_text_width(line) <= 40), "{cut:?}");
        assert!(cut[0].contains('…'));
        let plain = Layout::PLAIN.columns(0, &rows);
        assert!(plain[0].contains("Okafor & Lindqvist LLP  Oakland"), "{plain:?}");
        assert_eq!(plain[1].find("CEO"), Some("Renata Okafor  ".len() + 1));
    }

    #[test]
    fn figures_and_days_are_written_for_people() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_930), "1,930");
        assert_eq!(counted(1, "contact", "contacts"), "1 contact");
        assert_eq!(counted(100_000, "person", "people"), "100,000 people");
        assert_eq!(day("2026-11-30T05:31:10.123Z"), "30 Nov");
        assert_eq!(minute("2026-11-03T05:31:10.123Z"), "3 Nov 2026 05:31");
        assert_eq!(day("soon"), "soon");
    }

    #[test]
    fn colour_is_left_out_where_it_can_not_be_seen() {
        assert_eq!(Layout::PLAIN.strong("Lexi"), "Lexi");
        assert_eq!(Layout { width: Some(80), colour: true }.faint("x"), "\u{1b}[2mx\u{1b}[0m");
    }
}
