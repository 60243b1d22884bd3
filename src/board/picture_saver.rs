//! Saves pictures of the screen beside it, one at a time.

use std::path::PathBuf;
use std::time::Duration;

use crossbeam_channel::Receiver;

use crate::record::{RecordError, write_picture};
use crate::system::{NoThread, thread_named};

/// The file, or why there is none.
pub type PictureOutcome = Result<PathBuf, String>;

/// Saves pictures, one at a time.
#[derive(Default)]
pub struct PictureSaver {
    under_way: Option<Receiver<PictureOutcome>>,
}

impl PictureSaver {
    /// Begins to save `svg` in the folder that `dir` names, which may wait for the disk.
    ///
    /// # Errors
    /// While another is being saved, and when there is no thread; in words.
    pub fn start(
        &mut self,
        svg: String,
        dir: impl FnOnce() -> Result<PathBuf, RecordError> + Send + 'static,
    ) -> Result<(), String> {
        if self.under_way.is_some() {
            return Err("the last one is still being written".to_owned());
        }
        let (sender, outcome) = crossbeam_channel::bounded(1);
        let job = move || {
            let saved = dir().and_then(|dir| write_picture(&dir, &svg));
            // Who has left meanwhile asks no more.
            let _ = sender.send(saved.map_err(|error| error.to_string()));
        };
        let thread = thread_named("picture").spawn(job);
        thread.map_err(|cause| NoThread { purpose: "to write", cause }.to_string())?;
        self.under_way = Some(outcome);
        Ok(())
    }

    /// What became of it, once, as soon as it is known; waited for up to `patience`.
    pub fn outcome(&mut self, patience: Duration) -> Option<PictureOutcome> {
        let outcome = self.under_way.as_ref()?.recv_timeout(patience).ok()?;
        self.under_way = None;
        Some(outcome)
    }
}
