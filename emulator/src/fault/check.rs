//! Turns a parsed plan into rules. Each error names the rule and the field, and says how to correct it.

use super::action::Fault;
use super::format::{OneOrMore, PlanFields, RuleFields};
use super::read;
use super::route::Route;
use super::rule::{About, Counts, Rule, When};
use crate::protocol;

/// The methods that a client sends.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The rules of a plan.
pub(super) fn rules(plan: PlanFields) -> Result<Vec<Rule>, String> {
    let rules = plan.rules.into_iter().enumerate();
    rules
        .map(|(at, fields)| rule(fields, &format!("rules[{at}]")))
        .collect()
}

fn rule(fields: RuleFields, at: &str) -> Result<Rule, String> {
    let about = about(&fields.route, at)?;
    let method = fields.method.as_ref();
    if let Some(unknown) = method.filter(|it| !METHODS.contains(&it.to_uppercase().as_str())) {
        let known = METHODS.join(", ");
        return Err(format!("{at}.method: \"{unknown}\" is none of {known}"));
    }
    if fields.times == Some(0) {
        return Err(format!(
            "{at}.times: it takes 1 or more: leave the rule out"
        ));
    }
    if let Some(short) = fields
        .endpoint
        .as_ref()
        .filter(|id| protocol::base(id).is_none())
    {
        return Err(format!(
            "{at}.endpoint: \"{short}\" is no endpoint id: give owner/alias, or more of it"
        ));
    }
    let when = when(&fields, at)?;
    let faults = faults(&fields.fault, &about, at)?;
    Ok(Rule {
        about,
        method: fields.method,
        path_contains: fields.path_contains.unwrap_or_default(),
        endpoint: fields.endpoint,
        together: fields.together,
        when,
        times: fields.times,
        faults,
        counts: Counts::default(),
    })
}

fn about(names: &OneOrMore<String>, at: &str) -> Result<About, String> {
    if names.all.is_empty() {
        return Err(format!("{at}.route: it is empty: name a route, or \"any\""));
    }
    if names.all.iter().any(|name| name == "any") {
        return match names.all.len() {
            1 => Ok(About::Calls),
            _ => Err(format!(
                "{at}.route: \"any\" stands alone: leave the others out"
            )),
        };
    }
    let route = |name: &String| {
        Route::find(name).ok_or_else(|| {
            let known = Route::ALL.map(|(name, _)| name).join(", ");
            format!("{at}.route: there is no route \"{name}\": it is one of {known}, any")
        })
    };
    let routes: Result<_, _> = names.all.iter().map(route).collect();
    Ok(About::Routes(routes?))
}

fn when(fields: &RuleFields, at: &str) -> Result<When, String> {
    match (&fields.nth, fields.every, fields.probability) {
        (None, None, None) => Ok(When::Always),
        (Some(nth), None, None) if nth.all.is_empty() || nth.all.contains(&0) => Err(format!(
            "{at}.nth: it takes numbers of calls, counted from 1, such as [3]"
        )),
        (Some(nth), None, None) => Ok(When::Nth(nth.all.clone())),
        (None, Some(0), None) => Err(format!("{at}.every: it takes 1 or more")),
        (None, Some(every), None) => Ok(When::Every(every)),
        (None, None, Some(probability)) if (0.0..=1.0).contains(&probability) => {
            Ok(When::Probability(probability))
        }
        (None, None, Some(wrong)) => {
            Err(format!("{at}.probability: {wrong} is not between 0 and 1"))
        }
        (Some(_), ..) => Err(format!(
            "{at}.nth: it cannot go with every or probability: keep one of them"
        )),
        (None, Some(_), Some(_)) => Err(format!(
            "{at}.every: it cannot go with probability: keep one of them"
        )),
    }
}

fn faults(
    written: &OneOrMore<super::format::FaultFields>,
    about: &About,
    at: &str,
) -> Result<Vec<Fault>, String> {
    if written.all.is_empty() {
        return Err(format!(
            "{at}.fault: it is empty: give one, or some to draw from"
        ));
    }
    let read = |(index, fields)| {
        let at = if written.is_list {
            format!("{at}.fault[{index}]")
        } else {
            format!("{at}.fault")
        };
        let fault = read::fault(fields).map_err(|why| format!("{at}{why}"))?;
        let routes = match about {
            About::Routes(routes) => routes.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        for route in routes {
            if let Some(why) = fault.action.misplaced(route) {
                let name = route.map_or("any", Route::name);
                return Err(format!("{at}: it cannot happen on the route {name}: {why}"));
            }
        }
        Ok(fault)
    };
    written.all.iter().enumerate().map(read).collect()
}
