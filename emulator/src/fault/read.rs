//! Turns the fields of one fault into its action, and checks that the fields go together.

use axum::http::StatusCode;

use super::action::{Action, Fault, Reset, Stop, StreamFault};
use super::answer::{self, Answer};
use super::format::{DelayMs, FaultFields, Moment, Truncate};
use super::kind;

/// The fault that the fields describe. The error has the form `.field: why`.
pub(super) fn fault(fields: &FaultFields) -> Result<Fault, String> {
    stray(fields)?;
    let mut actions = actions(fields)?.into_iter();
    let (first, second) = (actions.next(), actions.next());
    if let (Some((first, _)), Some((second, _))) = (&first, second) {
        return Err(format!(
            ".{second}: it cannot go with {first}: keep one of them"
        ));
    }
    let action = match (first, fields.delay_ms) {
        (Some((_, action)), _) => action,
        (None, Some(_)) => Action::Pass,
        (None, None) => {
            return Err(
                ": it does nothing: give delay_ms, kind, status, html, reset, truncate, \
                        malformed, stall_after, cut_after, end_after, split, slow_body, expired or \
                        duplicate"
                    .to_owned(),
            );
        }
    };
    let delay = fields.delay_ms.unwrap_or(DelayMs(0, 0));
    Ok(Fault { delay, action })
}

/// Refuses fields that have no meaning without another field.
fn stray(fields: &FaultFields) -> Result<(), String> {
    let has_status = fields.status.is_some() || fields.kind.is_some();
    let wrong = if fields.body.is_some() && fields.status.is_none() {
        ".body: it goes with status"
    } else if fields.headers.is_some() && !has_status {
        ".headers: they go with status or kind"
    } else if fields.retry_after.is_some() && !has_status {
        ".retry_after: it goes with status or kind"
    } else if fields.after && !has_status && !fields.html {
        ".after: it goes with status, kind or html; a reset says \"reset\": \"after\""
    } else if fields.silent && fields.reset != Some(Moment::After) {
        ".silent: it goes with \"reset\": \"after\""
    } else {
        return Ok(());
    };
    Err(wrong.to_owned())
}

/// The actions that the fields name, each with the name of its field.
fn actions(fields: &FaultFields) -> Result<Vec<(&'static str, Action)>, String> {
    let reset = fields.reset.map(|moment| {
        Action::Reset(match moment {
            Moment::Before => Reset::Before,
            Moment::After if fields.silent => Reset::AfterInSilence,
            Moment::After => Reset::AfterFirstByte,
        })
    });
    let truncate = match fields.truncate {
        None | Some(Truncate::No) => None,
        Some(how) => Some(Action::Truncate {
            chunked: how == Truncate::Chunked,
        }),
    };
    if fields.slow_body == Some(0) {
        return Err(".slow_body: it takes bytes per second, 1 or more".to_owned());
    }
    let named = [
        ("kind", documented(fields)?),
        ("status", free(fields)?),
        (
            "html",
            fields.html.then(|| replacing(fields, Answer::login())),
        ),
        ("reset", reset),
        ("truncate", truncate),
        ("malformed", fields.malformed.then_some(Action::Malformed)),
        ("slow_body", fields.slow_body.map(Action::Slow)),
        ("expired", fields.expired.then_some(Action::Expired)),
        ("duplicate", fields.duplicate.then_some(Action::Duplicate)),
    ];
    let named = named.into_iter().chain([stream(fields)?]);
    let given = named.filter_map(|(name, action)| Some((name, action?)));
    Ok(given.collect())
}

fn documented(fields: &FaultFields) -> Result<Option<Action>, String> {
    let Some(name) = &fields.kind else {
        return Ok(None);
    };
    let answer = kind::find(name).ok_or_else(|| {
        let names: Vec<_> = kind::names().collect();
        format!(
            ".kind: there is no kind \"{name}\": it is one of {}",
            names.join(", ")
        )
    })?;
    Ok(Some(replacing(fields, with_headers(fields, answer)?)))
}

fn free(fields: &FaultFields) -> Result<Option<Action>, String> {
    let Some(status) = fields.status else {
        return Ok(None);
    };
    let status = status_of(status).map_err(|why| format!(".status: {why}"))?;
    let answer = Answer::new(status, fields.body.as_ref());
    Ok(Some(replacing(fields, with_headers(fields, answer)?)))
}

/// Checks that an answer can have this status.
pub(super) fn status_of(status: u16) -> Result<StatusCode, String> {
    let known = StatusCode::from_u16(status).ok().filter(|_| status >= 200);
    known.ok_or_else(|| format!("{status} is no status that can be answered with"))
}

fn with_headers(fields: &FaultFields, answer: Answer) -> Result<Answer, String> {
    let mut answer = answer.retry_after(fields.retry_after);
    for (name, value) in fields.headers.iter().flatten() {
        let header = value.as_str().and_then(|value| answer::header(name, value));
        let (name, value) =
            header.ok_or_else(|| format!(".headers.{name}: it cannot be sent as a header"))?;
        answer = answer.with(name, value);
    }
    Ok(answer)
}

fn replacing(fields: &FaultFields, answer: Answer) -> Action {
    Action::Answer {
        answer: Box::new(answer),
        after: fields.after,
    }
}

fn stream(fields: &FaultFields) -> Result<(&'static str, Option<Action>), String> {
    let stops = [
        ("stall_after", fields.stall_after, Stop::Stall),
        ("cut_after", fields.cut_after, Stop::Cut),
        ("end_after", fields.end_after, Stop::End),
    ];
    let mut given = stops
        .into_iter()
        .filter_map(|(name, after, stop)| Some((name, (after?, stop))));
    let (first, second) = (given.next(), given.next());
    if let (Some((first, _)), Some((second, _))) = (first, second) {
        return Err(format!(
            ".{second}: it cannot go with {first}: keep one of them"
        ));
    }
    let split = fields.split;
    let name = first.map_or("split", |(name, _)| name);
    let stop = first.map(|(_, stop)| stop);
    let is_any = split || stop.is_some();
    Ok((
        name,
        is_any.then_some(Action::Stream(StreamFault { stop, split })),
    ))
}
