//! The fuzz driver: reads changed lines of a file as requests, and checks that nothing panics and that every reading is
//! sound.
//!
//! `cargo run --release --example fuzz -- FILE --cases 10000000 --threads 1`. Case N of a seed is always the same text;
//! `--only N` reads one again and prints it. Every 100,000 cases a line says how far it is.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints its figures")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lexi::understand;

/// Cases that a thread takes at once.
const PORTION: u64 = 1_000;
/// The longest text, in characters: what a message may have.
const LONGEST: usize = 12_000;
/// After this many cases a line says how far the run is.
const BETWEEN_LINES: u64 = 100_000;
/// After this many faults a run is over.
const MOST_FAULTS: usize = 20;

/// Pieces that people, programs and attackers put into texts.
const PIECES: [&str; 56] = [
    "",
    " ",
    "  ",
    "\n",
    "\t",
    ".",
    ",",
    ";",
    ":",
    "?",
    "!",
    "'",
    "\"",
    "“",
    "”",
    "’",
    "«",
    "(",
    ")",
    "-",
    "--",
    "–",
    "—",
    "/",
    "&",
    "&amp;",
    "+",
    "@",
    "#",
    "$",
    "€",
    "%",
    "=",
    ">=",
    "<",
    "*",
    "•",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{301}",
    "\u{feff}",
    "\u{202e}",
    "İ",
    "ß",
    "ﬁ",
    "Ａ",
    "𝗖",
    "🚀",
    "👩\u{200d}💻",
    "not ",
    " and ",
    " in ",
    "50",
    "$1.5M",
    "\u{0}",
];

/// Words that decide much in a request.
const WORDS: [&str; 36] = [
    "find",
    "50",
    "CEOs",
    "at",
    "law",
    "firms",
    "in",
    "California",
    "not",
    "and",
    "or",
    "of",
    "VP",
    "with",
    "50-200",
    "employees",
    "save as",
    "list",
    "'Q1",
    "Leads'",
    "$10M",
    "more",
    "than",
    "excluding",
    "campaign",
    "to",
    "delete",
    "Jane",
    "Doe",
    "jane@acme.example",
    "don't",
    "who",
    "St. Louis",
    "U.S.",
    "https://acme.example/a?b=c",
    "w/",
];

/// A small generator of chance (SplitMix64): the same seed gives the same run everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

struct Arguments {
    file: PathBuf,
    cases: u64,
    seed: u64,
    only: Option<u64>,
    threads: usize,
}

/// What all threads write to.
struct Run {
    lines: Vec<String>,
    seed: u64,
    begun: Instant,
    next: AtomicU64,
    /// Cases that are done.
    done: AtomicU64,
    over: AtomicBool,
    faults: Mutex<Vec<String>>,
}

/// What one thread measured.
struct Measured {
    cases: u64,
    /// Cases by the number of bits of their nanoseconds.
    times: [u64; 64],
    slowest: (Duration, u64),
    characters: u64,
}

fn main() {
    let Some(arguments) = arguments() else {
        println!("fuzz FILE [--cases N] [--seed N] [--threads N] [--only N]");
        std::process::exit(2);
    };
    let text = match std::fs::read_to_string(&arguments.file) {
        Ok(text) => text,
        Err(error) => {
            println!("{}: {error}", arguments.file.display());
            std::process::exit(2);
        }
    };
    let run = Run {
        lines: requests_of(&text),
        seed: arguments.seed,
        begun: Instant::now(),
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
        over: AtomicBool::new(false),
        faults: Mutex::new(Vec::new()),
    };
    if run.lines.is_empty() {
        println!("{}: no line in it", arguments.file.display());
        std::process::exit(2);
    }
    if let Some(case) = arguments.only {
        let text = text_of(&run, case);
        println!("{text:?}");
        println!("{:?}", fault_of(&text));
        return;
    }
    // The tables are made by the first request; that is no case.
    understand::read(&run.lines[0]);
    // A panic is a fault like any other: counted and shown with its text.
    std::panic::set_hook(Box::new(|_| {}));
    let threads = arguments.threads;
    let measured: Vec<Measured> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&run, arguments.cases))).collect();
        all.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    report(&run, &measured, run.begun.elapsed(), threads);
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = Arguments { file: PathBuf::new(), cases: 10_000_000, seed: 1, only: None, threads };
    while let Some(word) = given.next() {
        match word.as_str() {
            "--cases" => arguments.cases = given.next()?.parse().ok()?,
            "--seed" => arguments.seed = given.next()?.parse().ok()?,
            "--threads" => arguments.threads = given.next()?.parse().ok().filter(|threads| *threads > 0)?,
            "--only" => arguments.only = Some(given.next()?.parse().ok()?),
            _ => arguments.file = PathBuf::from(word),
        }
    }
    (!arguments.file.as_os_str().is_empty()).then_some(arguments)
}

/// The lines of a file; of JSON lines, their `text`.
fn requests_of(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let object: Option<serde_json::Value> = serde_json::from_str(line).ok();
            object.and_then(|object| Some(object.get("text")?.as_str()?.to_owned())).unwrap_or_else(|| line.to_owned())
        })
        .collect()
}

fn work(run: &Run, cases: u64) -> Measured {
    let mut measured = Measured { cases: 0, times: [0; 64], slowest: (Duration::ZERO, 0), characters: 0 };
    while !run.over.load(Ordering::Relaxed) {
        let from = run.next.fetch_add(PORTION, Ordering::Relaxed);
        if from >= cases {
            break;
        }
        let to = (from + PORTION).min(cases);
        for case in from..to {
            let text = text_of(run, case);
            let begun = Instant::now();
            let read = catch_unwind(AssertUnwindSafe(|| understand::read(&text)));
            let taken = begun.elapsed();
            measured.cases += 1;
            measured.characters += u64::try_from(text.len()).unwrap_or(0);
            let bits = 64 - u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX).leading_zeros();
            measured.times[usize::try_from(bits).unwrap_or(63).min(63)] += 1;
            if taken > measured.slowest.0 {
                measured.slowest = (taken, case);
            }
            let fault = match read {
                Ok(request) => understand::faults(&text, &request).into_iter().next(),
                Err(_) => Some("it panics".to_owned()),
            };
            if let Some(fault) = fault
                && let Ok(mut faults) = run.faults.lock()
            {
                faults.push(format!("case {case}: {fault}: {text:?}"));
                run.over.fetch_or(faults.len() >= MOST_FAULTS, Ordering::Relaxed);
            }
        }
        tell(run, to - from);
    }
    measured
}

/// Says how far the run is, each time that another [`BETWEEN_LINES`] cases are done.
fn tell(run: &Run, portion: u64) {
    let before = run.done.fetch_add(portion, Ordering::Relaxed);
    let done = before + portion;
    if before / BETWEEN_LINES != done / BETWEEN_LINES {
        let faults = run.faults.lock().map_or(0, |faults| faults.len());
        let rate = done as f64 / run.begun.elapsed().as_secs_f64();
        println!("{done:>9} cases, {faults} faults, {rate:.0} cases/s");
    }
}

fn fault_of(text: &str) -> Option<String> {
    let request = understand::read(text);
    println!("{}", serde_json::to_string_pretty(&request).unwrap_or_default());
    println!("{}", understand::describe(&request));
    understand::faults(text, &request).into_iter().next()
}

/// The text of a case.
fn text_of(run: &Run, case: u64) -> String {
    let mut chance = Chance(run.seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ case);
    let mut text = run.lines[chance.below(run.lines.len())].clone();
    let edits = chance.below(6);
    for _ in 0..edits {
        text = changed(&text, run, &mut chance);
    }
    text.chars().take(LONGEST).collect()
}

/// The text with one change.
fn changed(text: &str, run: &Run, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = chance.below(chars.len().max(1));
    match chance.below(20) {
        0..=2 if !chars.is_empty() => {
            chars.remove(at);
        }
        3 | 4 if at + 1 < chars.len() => chars.swap(at, at + 1),
        5 if !chars.is_empty() => chars.insert(at, chars[at]),
        6 if !chars.is_empty() => chars[at] = char::from(b'a' + u8::try_from(chance.below(26)).unwrap_or(0)),
        7..=9 => {
            let piece: Vec<char> = chance.one(&PIECES).chars().collect();
            chars.splice(at..at, piece);
        }
        10 | 11 => {
            return with_words(text, |words| {
                words.insert(chance.below(words.len() + 1), chance.one(&WORDS).to_owned());
            });
        }
        12 => {
            return with_words(text, |words| {
                if !words.is_empty() {
                    words.remove(chance.below(words.len()));
                }
            });
        }
        13 => {
            return with_words(text, |words| {
                if !words.is_empty() {
                    let (from, to) = (chance.below(words.len()), chance.below(words.len()));
                    words.swap(from, to);
                }
            });
        }
        14 => {
            let between = chance.one(&[" ", ". ", "\n", ", ", " and ", "; ", "\n- ", " not "]);
            return format!("{text}{between}{}", run.lines[chance.below(run.lines.len())]);
        }
        15 => return text.to_uppercase(),
        16 => return text.to_lowercase(),
        17 => chars.truncate(at),
        18 => return repeated(text, chance),
        _ => {
            let odd = u32::try_from(chance.below(0x11_0000)).unwrap_or(0);
            chars.splice(at..at, char::from_u32(odd));
        }
    }
    chars.into_iter().collect()
}

fn with_words(text: &str, change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    change(&mut words);
    words.join(" ")
}

/// A piece of the text again and again; once in a while as often as a message can hold.
fn repeated(text: &str, chance: &mut Chance) -> String {
    let chars: Vec<char> = text.chars().collect();
    let from = chance.below(chars.len().max(1));
    let length = 1 + chance.below(24);
    let piece: String = chars.iter().skip(from).take(length).collect();
    let times = if chance.below(400) == 0 { LONGEST / piece.chars().count().max(1) } else { chance.below(8) };
    format!("{text}{}", piece.repeat(times))
}

fn report(run: &Run, measured: &[Measured], taken: Duration, threads: usize) {
    let cases: u64 = measured.iter().map(|one| one.cases).sum();
    let characters: u64 = measured.iter().map(|one| one.characters).sum();
    let mut times = [0u64; 64];
    measured.iter().for_each(|one| times.iter_mut().zip(one.times).for_each(|(sum, count)| *sum += count));
    let below = |share: f64| {
        let mut seen = 0;
        let wanted = cases as f64 * share;
        let bits = times.iter().position(|count| {
            seen += count;
            seen as f64 >= wanted
        });
        Duration::from_nanos(1u64 << bits.unwrap_or(63).min(62))
    };
    let slowest = measured.iter().map(|one| one.slowest).max().unwrap_or_default();
    println!(
        "cases        {cases} of {} lines, {:.0} bytes each",
        run.lines.len(),
        characters as f64 / cases.max(1) as f64
    );
    println!(
        "speed        {:.0} cases/s on {threads} threads, {:.0} s in all",
        cases as f64 / taken.as_secs_f64(),
        taken.as_secs_f64()
    );
    println!(
        "time         half below {:?}, 99 % below {:?}, 99.99 % below {:?}",
        below(0.5),
        below(0.99),
        below(0.9999)
    );
    println!("slowest      {:?}, case {}", slowest.0, slowest.1);
    let faults = run.faults.lock().map(|faults| faults.clone()).unwrap_or_default();
    faults.iter().for_each(|fault| println!("{fault}"));
    println!("faults       {}", faults.len());
    if !faults.is_empty() {
        std::process::exit(1);
    }
}
