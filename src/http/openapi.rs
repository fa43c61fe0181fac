//! The OpenAPI 3.1 document, generated from the handlers, and the page that shows it. The copy in the repository is
//! compared by a test.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, SecurityRequirement};

/// What the document says before any route is added.
pub(super) fn ground() -> OpenApi {
    let about = "Lexi is a business-development assistant for law firms. She proposes tasks; nothing happens until a \
        task is approved; then it is done exactly once, to the end.\n\nEvery route answers under `/v1/…` and under \
        `/functions/v1/api-gateway/v1/…`. Send a key as `Authorization: Bearer wbk_…`. Answers are `{\"data\": …}`, \
        lists with `meta`; errors are `{\"error\": {\"code\", \"message\", \"details\"}}`. Every answer carries \
        `X-Request-ID`, every answer to a valid key `X-RateLimit-Limit`, `X-RateLimit-Remaining` and \
        `X-RateLimit-Reset` (Unix seconds), 429 also `Retry-After`. Every write takes an `Idempotency-Key`. Times are \
        ISO 8601 in UTC to the millisecond; ids are UUIDs.";
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

/// The whole document, as it is served and checked in.
pub fn document() -> OpenApi {
    super::routes().split_for_parts().1
}

/// The document as text, with a line break at its end.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
