//! Keys: to what is open, else to the action they are bound to.

use crossterm::event::{KeyCode, KeyEvent};

use super::{App, Effect};
use crate::race::protocol::RunIndex;
use crate::tui::dialog::{Dialog, LrInput, Typed};
use crate::tui::keymap::{self, Action};
use crate::tui::view_kind::View;

impl App {
    pub(super) fn handle_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if !keymap::is_press(key) {
            return Vec::new();
        }
        match &mut self.dialog {
            None => self.key_action(key).map_or_else(Vec::new, |action| self.act(action)),
            Some(Dialog::Help { .. }) => self.help_key(key),
            Some(Dialog::Lr(input)) => match input.key(key) {
                Typed::More => Vec::new(),
                Typed::Cancelled => {
                    self.dialog = None;
                    Vec::new()
                }
                Typed::Number(lr) => {
                    self.dialog = None;
                    self.act(Action::SetLr(lr))
                }
            },
            Some(Dialog::Question { question, focus }) => {
                let question = *question;
                let answer = question.key(key, focus);
                answer.map_or_else(Vec::new, |answer| self.answer(question, answer))
            }
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if let Some(said) = self.shown_surface_mut().and_then(|surface| surface.handle(action)) {
            said.into_iter().for_each(|said| self.say(said));
            return Vec::new();
        }
        match action {
            Action::TogglePause => return self.toggle_pause(),
            Action::Step => return self.step(),
            Action::LrDown => return self.lr_down(),
            Action::LrUp => return self.lr_up(),
            Action::SetLr(lr) => return self.set_lr(lr),
            Action::FirstLr => return self.first_lr(),
            Action::Show(view) => return self.show(view),
            Action::Restart => return self.ask_restart(),
            Action::Extend => return self.extend(),
            Action::Write => return self.save(),
            Action::Quit => return self.ask_quit(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::SelectPrevious => self.select_previous(),
            Action::SelectNext => self.select_next(),
            Action::ToggleAll => self.toggle_all(),
            Action::ToggleLog => self.toggle_log(),
            Action::NextSmoothing => self.next_smoothing(),
            Action::NextXAxis => self.next_x_axis(),
            Action::ToggleHidden => self.toggle_hidden(),
            Action::ToggleZoom => self.toggle_zoom(),
            Action::PreviousLayer => self.turn_layers(true),
            Action::NextLayer => self.turn_layers(false),
            Action::PreviousSentence => self.lesson.turn(true),
            Action::NextSentence => self.lesson.turn(false),
            Action::NextSide => self.next_side(),
            Action::FewerSteps => self.fewer_steps(),
            Action::MoreSteps => self.more_steps(),
            Action::SharePlane => self.toggle_shared_plane(),
            Action::ToggleResult => self.toggle_result(),
            Action::TypeLr => self.dialog = Some(Dialog::Lr(LrInput::default())),
            Action::Slower | Action::Faster | Action::MoveStart(..) | Action::NextSurface => {}
            Action::Help => self.dialog = Some(Dialog::Help { scroll: 0 }),
            Action::Close => self.close(),
        }
        Vec::new()
    }

    /// Selects a run that is seen.
    pub(super) fn select(&mut self, run: RunIndex) {
        if let Some(surface) = self.shown_surface_mut() {
            return surface.select(run);
        }
        self.selected = run;
        self.zigzag.choose(run);
    }

    fn select_previous(&mut self) {
        if self.view == View::Zigzag {
            return self.change_side(false);
        }
        self.selected = self.selected.checked_sub(1).unwrap_or(self.history.runs.len() - 1);
    }

    fn select_next(&mut self) {
        if self.view == View::Zigzag {
            return self.change_side(true);
        }
        self.selected = (self.selected + 1) % self.history.runs.len();
    }

    fn toggle_result(&mut self) {
        if self.history.has_ended() {
            self.shows_result = !self.shows_result;
        } else {
            self.say("the result comes when the race has ended");
        }
    }

    fn close(&mut self) {
        self.shows_result = false;
        self.status = None;
    }

    fn help_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let page = i32::from(self.drawn.help.page);
        match (key.code, self.key_action(key)) {
            (KeyCode::PageDown | KeyCode::Char(' '), _) => self.scroll_help(page),
            (KeyCode::PageUp, _) => self.scroll_help(-page),
            (KeyCode::Home, _) => self.scroll_help(i32::MIN),
            (KeyCode::End, _) => self.scroll_help(i32::MAX),
            (_, Some(Action::SelectNext)) => self.scroll_help(1),
            (_, Some(Action::SelectPrevious)) => self.scroll_help(-1),
            (_, Some(Action::Help | Action::Close)) | (KeyCode::Enter, _) => self.dialog = None,
            (_, Some(Action::Suspend)) => return vec![Effect::Suspend],
            (_, Some(Action::Quit)) => {
                self.dialog = None;
                // q closes the page that it is pressed on; ctrl-c always means the program.
                return if keymap::is_interrupt(key) { self.ask_quit() } else { Vec::new() };
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn scroll_help(&mut self, lines: i32) {
        let last = self.drawn.help.last;
        if let Some(Dialog::Help { scroll }) = &mut self.dialog {
            let wanted = i32::from(*scroll).saturating_add(lines).clamp(0, i32::from(last));
            *scroll = u16::try_from(wanted).unwrap_or(last);
        }
    }
}
