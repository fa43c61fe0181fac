//! Holds a closure of the database inside its transaction until the test lets it go, so that what happens "at the same
//! time" is decided by the test and not by chance.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Shut until [`Gate::open`]; once open it stays open, because closures may run again.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    open: Mutex<bool>,
    opened: Condvar,
    reached: watch::Sender<u32>,
}

/// A test that forgot to open its gate ends by failing.
const PATIENCE: Duration = Duration::from_secs(60);

impl Gate {
    /// A gate that is shut.
    pub fn shut() -> Gate {
        Gate(Arc::new(Inner { open: Mutex::new(false), opened: Condvar::new(), reached: watch::Sender::new(0) }))
    }

    /// Inside a closure: says that it got here, and waits.
    pub fn pass(&self) {
        self.0.reached.send_modify(|count| *count += 1);
        let open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.opened.wait_timeout_while(open, PATIENCE, |open| !*open);
        assert!(*waited.unwrap_or_else(PoisonError::into_inner).0, "nobody opened the gate");
    }

    /// Waits until `count` closures have got to the gate.
    pub async fn reached_by(&self, count: u32) {
        let mut reached = self.0.reached.subscribe();
        let waited = tokio::time::timeout(PATIENCE, reached.wait_for(|so_far| *so_far >= count)).await;
        waited.expect("the closures get to the gate").expect("the gate is there");
    }

    /// Lets everybody pass, now and later.
    pub fn open(&self) {
        *self.0.open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.opened.notify_all();
    }
}

impl Drop for Gate {
    /// The last holder outside a closure is the test; when it failed, nobody may hang.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.open();
        }
    }
}
