//! Prints in a thread of its own: where nobody reads what is printed, it is that thread that waits, and not the race.

use std::thread::JoinHandle;

use crossbeam_channel::{Sender, unbounded};

use crate::system::thread_named;

/// Something to be printed.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Jobs that may wait before one is left out that the next of its kind makes up for.
const MOST_WAITING: usize = 64;

/// Prints what it is handed, in order.
pub(super) struct Printer {
    /// `None` where there is no thread: it is printed here.
    thread: Option<(Sender<Job>, JoinHandle<()>)>,
}

impl Printer {
    pub(super) fn start() -> Self {
        let (jobs, inbox) = unbounded::<Job>();
        let thread = thread_named("printer").spawn(move || inbox.iter().for_each(|job| job()));
        Self { thread: thread.ok().map(|thread| (jobs, thread)) }
    }

    /// Prints; returns at once.
    pub(super) fn print(&self, job: Job) {
        match &self.thread {
            // It ends only once this is dropped.
            Some((jobs, _)) => drop(jobs.send(job)),
            None => job(),
        }
    }

    /// As [`Printer::print`], unless too much is waiting already.
    pub(super) fn print_if_idle(&self, job: Job) {
        if self.thread.as_ref().is_none_or(|(jobs, _)| jobs.len() < MOST_WAITING) {
            self.print(job);
        }
    }

    /// Waits until all was printed.
    pub(super) fn finish(self) {
        if let Some((jobs, thread)) = self.thread {
            drop(jobs);
            // A panic has been reported already.
            let _ = thread.join();
        }
    }
}
