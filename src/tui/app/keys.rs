//! Keys: to what is open, else to the action they are bound to.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::App;
use super::save::is_folder;
use crate::board::lr;
use crate::tui::dialog::{Dialog, LineInput, LineKind, Typed};
use crate::tui::effect::Effect;
use crate::tui::keymap::{self, Action, Entry, KeyText};

impl App {
    /// The keys that mean something now.
    pub(super) fn keys(&self) -> Vec<&'static Entry> {
        let view = self.view();
        keymap::keys(&view.keys(), view.instead(), self.board.has_race())
    }

    /// A key as it is shown: those of the views from the first to the last.
    pub(super) fn key_shown(&self, entry: &Entry) -> String {
        let keys: Vec<char> = self.view_kinds().map(|kind| kind.key).collect();
        let have_no_gap = keys.windows(2).all(|pair| u32::from(pair[0]) + 1 == u32::from(pair[1]));
        match (entry.asks_for(Action::Show('1')), keys.first().zip(keys.last())) {
            (true, Some((first, last))) if have_no_gap => format!("{first}-{last}"),
            (true, Some(_)) => keys.iter().collect(),
            _ => self.theme.words(entry.shown).into_owned(),
        }
    }

    /// The keys as the help explains them.
    pub(super) fn key_texts(&self) -> Vec<KeyText> {
        let text = |entry: &'static Entry| {
            let views = self.view_kinds().map(|kind| format!("{} {}", kind.key, kind.name)).collect::<Vec<_>>();
            let help = match entry.asks_for(Action::Show('1')) {
                true => format!("{}; {}", views.join(", "), entry.help),
                false => entry.help.to_owned(),
            };
            KeyText { shown: self.key_shown(entry), help }
        };
        self.keys().into_iter().map(text).collect()
    }

    fn key_action(&self, key: KeyEvent) -> Option<Action> {
        keymap::action(&self.keys(), key)
    }

    pub(super) fn handle_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if !keymap::is_press(key) {
            return Vec::new();
        }
        self.board.hint = None;
        let key = if self.dialog.as_ref().is_some_and(is_folder) { key } else { keymap::latin(key) };
        match &mut self.dialog {
            None => match self.key_action(key) {
                Some(action) => self.act(action),
                None => {
                    self.say_unknown(key);
                    Vec::new()
                }
            },
            Some(Dialog::Help { .. }) => self.help_key(key),
            Some(Dialog::Line(input)) => match input.key(key) {
                Typed::More => Vec::new(),
                Typed::Cancelled => {
                    self.dialog = None;
                    Vec::new()
                }
                Typed::Entered => self.enter_line(),
            },
            Some(Dialog::Question { question, focus }) => {
                let question = *question;
                let answer = question.key(key, focus);
                answer.map_or_else(Vec::new, |answer| self.answer(question, answer))
            }
        }
    }

    /// Does what was typed.
    fn enter_line(&mut self) -> Vec<Effect> {
        let Some(Dialog::Line(input)) = &mut self.dialog else { return Vec::new() };
        match input.kind {
            LineKind::Folder => {
                let folder = input.text.trim().to_owned();
                self.save_elsewhere(&folder)
            }
            LineKind::Lr => match lr::parse(&input.text) {
                Ok(lr) => {
                    self.dialog = None;
                    self.act(Action::SetLr(lr))
                }
                Err(error) => {
                    input.error = Some(error);
                    Vec::new()
                }
            },
        }
    }

    /// Says that a key does nothing here, where it is one that has a name.
    fn say_unknown(&mut self, key: KeyEvent) {
        let control = if key.modifiers.contains(KeyModifiers::CONTROL) { "ctrl-" } else { "" };
        let name = match key.code {
            KeyCode::Char(letter) if !letter.is_control() => letter.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            KeyCode::Tab | KeyCode::BackTab => "tab".to_owned(),
            KeyCode::Enter => "enter".to_owned(),
            KeyCode::Backspace => "backspace".to_owned(),
            KeyCode::Home => "home".to_owned(),
            KeyCode::End => "end".to_owned(),
            KeyCode::PageUp => "page up".to_owned(),
            KeyCode::PageDown => "page down".to_owned(),
            KeyCode::Insert => "insert".to_owned(),
            KeyCode::Delete => "delete".to_owned(),
            _ => return,
        };
        self.board.say(format!("{control}{name} does nothing here; ? shows the keys that do"));
    }

    /// Does what is asked for: the view that is shown comes first.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if let Some(effects) = self.views[self.shown].handle(action, &mut self.board) {
            return effects;
        }
        if self.board.is_recorded && action.asks_race(self.board.playhead.is_back()) {
            self.board.say("this race was read from its files: it can be looked at, and trains no more");
            return Vec::new();
        }
        if let Some(effects) = self.act_in_time(action) {
            return effects;
        }
        let board = &mut self.board;
        match action {
            Action::TogglePause => return self.toggle_pause(),
            Action::Step => return self.step(),
            Action::LrDown => return self.climb(false),
            Action::LrUp => return self.climb(true),
            Action::SetLr(lr) => return self.set_lr(lr),
            Action::FirstLr => return self.first_lr(),
            Action::Restart => return self.ask_restart(),
            Action::Extend => return self.extend(),
            Action::Write => return self.save(),
            Action::Picture => return vec![Effect::Picture],
            Action::Quit => return self.ask_quit(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Show(key) => self.show(key),
            Action::Select(run) => board.selected = run,
            Action::SelectPrevious => board.select_next(true),
            Action::SelectNext => board.select_next(false),
            Action::ToggleAll => self.toggle_all(),
            Action::ToggleLog => board.toggle_log(false),
            Action::NextSmoothing => board.next_smoothing(),
            Action::NextXAxis => board.next_x_axis(),
            Action::ToggleHidden => board.toggle_hidden(),
            Action::ToggleOnly => board.toggle_only(),
            Action::NextZoom => board.next_zoom(),
            Action::ToggleMark => board.toggle_mark(),
            Action::TypeLr => self.dialog = Some(Dialog::Line(LineInput::new(LineKind::Lr))),
            Action::Help => self.dialog = Some(Dialog::Help { scroll: 0 }),
            Action::Close => board.status = None,
            Action::PreviousLayer
            | Action::NextLayer
            | Action::SelectSentence(_)
            | Action::NextSide
            | Action::FewerSteps
            | Action::MoreSteps
            | Action::SharePlane
            | Action::Slower
            | Action::Faster
            | Action::MoveStart(..)
            | Action::NextSurface
            | Action::RestartAsNow
            | Action::ToggleResult
            | Action::StepBack
            | Action::PageBack
            | Action::PageForward
            | Action::ShowStart
            | Action::ShowNewest => {}
        }
        Vec::new()
    }

    /// Shows the view with this key, if there is one.
    pub(super) fn show(&mut self, key: char) {
        let index = self.view_kinds().position(|kind| kind.key == key);
        if let Some(index) = index {
            self.shown = index;
            self.views[index].enter(&mut self.board);
        } else if self.board.is_recorded {
            self.board.say(format!("view {key} needs the weights of a race, which its files do not hold"));
        }
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
