//! Judges a table of operations with the Rust port of Porcupine, for ci/bench/beside-peers; the
//! table and what is printed are as in ../porcupine/main.go.

use std::collections::HashMap;
use std::time::Duration;

use porcupine::checker::check_operations;
use porcupine::{CheckResult, Model, Operation};

const NONE: i64 = i64::MIN;

#[derive(Clone)]
struct Asked {
    key: i64,
    /// Its first letter.
    function: u8,
    argument: i64,
    replacement: i64,
}

#[derive(Clone)]
struct Answered {
    result: i64,
    /// The first letter of ok, fail or info.
    status: u8,
}

type Recorded = Operation<Asked, Answered>;

fn number(field: &str) -> i64 {
    if field == "-" { NONE } else { field.parse().expect("a number") }
}

fn read(path: &str) -> Vec<Recorded> {
    let text = std::fs::read_to_string(path).expect("a table");
    text.lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Operation {
                client_id: 0,
                input: Asked {
                    key: number(fields[0]),
                    function: fields[1].as_bytes()[0],
                    argument: number(fields[2]),
                    replacement: number(fields[3]),
                },
                call: number(fields[5]) as u64,
                output: Answered { result: number(fields[4]), status: fields[7].as_bytes()[0] },
                return_time: if fields[7] == "info" { u64::MAX } else { number(fields[6]) as u64 },
            }
        })
        .collect()
}

fn by_key(history: &[Recorded]) -> Option<Vec<Vec<usize>>> {
    let mut places = HashMap::new();
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for (index, operation) in history.iter().enumerate() {
        let place = *places.entry(operation.input.key).or_insert_with(|| {
            parts.push(Vec::new());
            parts.len() - 1
        });
        parts[place].push(index);
    }
    Some(parts)
}

struct Register;

impl Model for Register {
    type State = i64;
    type Input = Asked;
    type Output = Answered;

    fn init(&self) -> i64 {
        NONE
    }

    fn step(&self, state: &i64, asked: &Asked, answered: &Answered) -> Option<i64> {
        let matches = *state == asked.argument;
        match (asked.function, answered.status) {
            (b'r', status) => (status == b'i' || answered.result == *state).then_some(*state),
            (b'w', _) => Some(asked.argument),
            (_, b'f') => (!matches).then_some(*state),
            (_, _) if matches => Some(asked.replacement),
            (_, status) => (status == b'i').then_some(*state),
        }
    }

    fn partition(&self, history: &[Recorded]) -> Option<Vec<Vec<usize>>> {
        by_key(history)
    }
}

struct Queue;

impl Model for Queue {
    type State = Vec<i64>;
    type Input = Asked;
    type Output = Answered;

    fn init(&self) -> Vec<i64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<i64>, asked: &Asked, answered: &Answered) -> Option<Vec<i64>> {
        if asked.function == b'e' {
            let mut longer = held.clone();
            longer.push(asked.argument);
            return Some(longer);
        }
        let unknown = answered.status == b'i';
        match held.first() {
            None => (unknown || answered.result == NONE).then(Vec::new),
            Some(first) => (unknown || answered.result == *first).then(|| held[1..].to_vec()),
        }
    }

    fn partition(&self, history: &[Recorded]) -> Option<Vec<Vec<usize>>> {
        by_key(history)
    }
}

/// Of this process, in clock ticks of which Linux has 100 a second.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("proc");
    let fields: Vec<&str> = text.rsplit(')').next().expect("fields").split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().expect("ticks") + fields[12].parse::<f64>().expect("ticks");
    ticks / 100.0
}

fn megabytes(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("proc");
    let line = text.lines().find(|line| line.starts_with(name)).expect("a line");
    line.split_whitespace().nth(1).expect("a number").parse::<f64>().expect("a number") / 1024.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let history = read(&arguments[1]);
    let limit = Some(Duration::from_secs(arguments[2].parse().expect("seconds")));
    let of_queue = matches!(history[0].input.function, b'e' | b'd');
    std::fs::write("/proc/self/clear_refs", "5").expect("clear_refs");
    let (before, began) = (megabytes("VmRSS:"), processor_seconds());
    let result = if of_queue {
        check_operations(&Queue, &history, limit)
    } else {
        check_operations(&Register, &history, limit)
    };
    let took = processor_seconds() - began;
    let verdict = match result {
        CheckResult::Ok => "valid",
        CheckResult::Illegal => "invalid",
        CheckResult::Unknown => "unknown",
    };
    println!("{verdict}\t{took:.3}\t{:.1}", megabytes("VmHWM:") - before);
}
