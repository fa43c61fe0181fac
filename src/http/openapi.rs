//! The OpenAPI 3.1 document, generated from the handlers, and the page that shows it. The copy in the repository is
//! compared by a test.

use axum::Router;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContactBuilder, Content, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, SecurityRequirement,
};
use utoipa_axum::router::OpenApiRouter;

use super::answer::status;
use crate::app::App;
use crate::error::Code;

/// What the document says before any route is added.
pub(super) fn ground() -> OpenApi {
    let about = "Lexi is a business-development assistant for law firms. She proposes tasks; nothing happens until a \
        task is approved; then it is done exactly once, to the end.\n\nEvery route answers under `/v1/…` and under \
        `/functions/v1/api-gateway/v1/…`. Send a key as `Authorization: Bearer wbk_…`. Answers are `{\"data\": …}`, \
        lists with `meta`; errors are `{\"error\": {\"code\", \"message\", \"details\"}}`. Every answer carries \
        `X-Request-ID`, every answer to a valid key `X-RateLimit-Limit`, `X-RateLimit-Remaining` and \
        `X-RateLimit-Reset` (Unix seconds), 429 also `Retry-After`. Every write takes an `Idempotency-Key`. Times are \
        ISO 8601 in UTC to the millisecond; ids are UUIDs.\n\nPlace names contain data from GeoNames (geonames.org), CC BY 4.0.";
    let info = InfoBuilder::new()
        .title("Lexi")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .contact(Some(ContactBuilder::new().name(Some("Lexi")).build()))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key of one workspace, `wbk_…`."))
        .build();
    document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(bearer));
    document.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    document
}

/// Routes and their document, with what every route has in common added to it.
pub(super) fn split(routes: OpenApiRouter<App>) -> (Router<App>, OpenApi) {
    let (router, mut document) = routes.split_for_parts();
    for (path, item) in &mut document.paths.paths {
        // Searches and dry runs are POST because of their body; they write nothing.
        let posts = !path.ends_with("/search") && !path.ends_with("/dry-run");
        for (operation, writes) in [
            (&mut item.get, false),
            (&mut item.post, posts),
            (&mut item.put, true),
            (&mut item.patch, true),
            (&mut item.delete, true),
        ] {
            if let Some(operation) = operation {
                complete(operation, writes);
            }
        }
    }
    (router, document)
}

/// Answers that a route has because of the layers around it. What it says itself stays as it is.
fn complete(operation: &mut Operation, writes: bool) {
    // Handlers are called `list` or `create` in every domain; in the document their names must differ.
    if let (Some(tag), Some(name)) = (operation.tags.iter().flatten().next(), &operation.operation_id) {
        operation.operation_id = Some(format!("{}_{name}", tag.replace('-', "_")));
    }
    if writes {
        operation.parameters.get_or_insert_default().push(idempotency_key().into());
    }
    let takes_a_body = operation.request_body.is_some();
    let answers = &mut operation.responses.responses;
    for (code, applies) in [
        (Code::ValidationError, writes),
        (Code::InvalidKey, true),
        (Code::InsufficientPermissions, true),
        (Code::IdempotencyConflict, writes),
        (Code::PayloadTooLarge, writes || takes_a_body),
        (Code::UnsupportedMediaType, takes_a_body),
        (Code::RateLimited, true),
        (Code::InternalError, true),
        (Code::Unavailable, true),
    ] {
        if applies {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            answers
                .entry(status(code).as_str().to_owned())
                .or_insert_with(|| ResponseBuilder::new().content("application/json", problem).build().into());
        }
    }
    for (status, answer) in answers {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = meaning(status).to_owned();
        }
    }
}

/// What a status means wherever the route itself says nothing.
fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "Done.",
        "201" => "Created.",
        "204" => "Done; there is nothing to show.",
        "400" => "`validation_error`: `details.fields` names what is missing, malformed or over a limit.",
        "401" => "`invalid_key`",
        "403" => "`insufficient_permissions`: the key lacks the permission of this route.",
        "404" => "`not_found`: there is no such record in this workspace.",
        "409" => "`idempotency_conflict`: the `Idempotency-Key` was used with another body.",
        "413" => "`payload_too_large`: the body is over 1 MiB.",
        "415" => "`unsupported_media_type`: the body is not JSON.",
        "429" => "`rate_limited`: `Retry-After` says for how long.",
        "500" => "`internal_error`: the server's log has the cause under the request's id.",
        "503" => "`unavailable`: ask again after `Retry-After`.",
        _ => "",
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "1 to 255 visible ASCII characters of your choice. Within 24 hours the same key with the same body is done \
             once and answered the same again.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).build()))
        .build()
}

/// The whole document.
pub fn document() -> OpenApi {
    split(super::routes()).1
}

/// The whole document as it is served and checked in.
pub fn text() -> String {
    printed(&document())
}

/// A document as text, with a line break at its end.
pub(super) fn printed(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
