//! Patterns of URLs and endpoints, in the language of fal's own proxy for servers: `*` stands for anything but a slash,
//! `**` for anything, `?` for one character, `[ab]` and `{a,b}` for one of several. A backslash makes the next character
//! an ordinary one.

use fast_glob::glob_match;

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Checks and wraps a pattern. The error names the mistake in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a pattern cannot be empty".to_owned());
        }
        if text.starts_with('!') {
            return Err("a pattern says what is let through, so it cannot begin with !".to_owned());
        }
        if text.contains("://") {
            return Err("a pattern begins with the host: leave out https://".to_owned());
        }
        if !is_balanced(text) {
            return Err("a bracket or brace of the pattern is not closed".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether the pattern matches the whole `text`. `a/**` also matches `a` itself.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let root = self.0.strip_suffix("/**");
        glob_match(&self.0, text) || root.is_some_and(|root| glob_match(root, text))
    }
}

/// Whether every bracket and brace is closed. A pattern with an open one would match nothing.
fn is_balanced(text: &str) -> bool {
    let (mut braces, mut is_class, mut is_cut_off) = (0_usize, false, false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => is_cut_off = characters.next().is_none(),
            '[' => is_class = true,
            ']' => is_class = false,
            '{' if !is_class => braces += 1,
            '}' if !is_class => match braces.checked_sub(1) {
                Some(fewer) => braces = fewer,
                None => return false,
            },
            _ => {}
        }
    }
    braces == 0 && !is_class && !is_cut_off
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).expect(text)
    }

    #[test]
    fn a_pattern_is_like_what_it_says() {
        for (text, alike, unlike) in [
            (
                "fal.run/**",
                &["fal.run/", "fal.run/a", "fal.run/a/b?c=/d&e=.f"][..],
                &["queue.fal.run/a", "fal.run.evil/a", "xfal.run/a"][..],
            ),
            (
                "fal-ai/flux/**",
                &["fal-ai/flux", "fal-ai/flux/dev", "fal-ai/flux/dev/x"],
                &["fal-ai/fluxx", "fal-ai", "a/fal-ai/flux"],
            ),
            (
                "a/*/c",
                &["a/b/c", "a/.b/c"],
                &["a/b/b/c", "a/c", "a/b/c/d"],
            ),
            ("a\\?b=c", &["a?b=c"], &["axb=c", "a\\?b=c"]),
            ("a?b", &["axb", "a?b"], &["a/b", "ab"]),
            ("{a,b}/[cd]", &["a/c", "b/d"], &["a/e", "c/c"]),
        ] {
            let pattern = pattern(text);
            for text in alike {
                assert!(pattern.matches(text), "{pattern:?} {text}");
            }
            for text in unlike {
                assert!(!pattern.matches(text), "{pattern:?} {text}");
            }
        }
    }

    #[test]
    fn what_would_let_nothing_or_everything_through_is_refused() {
        for text in ["", "!a", "https://fal.run/**", "{a,b", "a}", "[ab", "a\\"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
