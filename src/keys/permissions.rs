//! Permissions: fine ones (`contacts:read`), the bundles of them (`read`, `write`, `lexi`), and the one alias table that
//! maps the spellings of the published API. No bundle holds `keys:*`, `policies:*` or `audit:*`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, quoted};

macro_rules! permissions {
    ($($name:ident = $text:literal: $meaning:literal),* $(,)?) => {
        /// One thing a key may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Permission { $(#[doc = $meaning] $name),* }

        impl Permission {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Permission] = &[$(Permission::$name),*];

            /// As it stands in a key's `permissions`.
            pub fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $text),* }
            }
        }

        /// A type per permission, so that a handler's signature says which one it needs.
        pub mod need {
            use super::{Needed, Permission};
            $(
                #[doc = $meaning]
                #[derive(Debug, Clone, Copy)]
                pub struct $name;
                impl Needed for $name { const PERMISSION: Permission = Permission::$name; }
            )*

            /// Propose a task, or decide about one: either is enough to ask for an undo.
            #[derive(Debug, Clone, Copy)]
            pub struct LexiChatOrApprove;
            impl Needed for LexiChatOrApprove {
                const PERMISSION: Permission = Permission::LexiChat;
                const OR: Option<Permission> = Some(Permission::LexiApprove);
            }
        }
    };
}

/// A permission as a type.
pub trait Needed: Send + Sync + 'static {
    /// The permission it stands for.
    const PERMISSION: Permission;
    /// Another one that does as well.
    const OR: Option<Permission> = None;
}

permissions! {
    LexiRead = "lexi:read": "See Lexi's tasks and conversations.",
    LexiChat = "lexi:chat": "Talk to Lexi; she may propose tasks.",
    LexiApprove = "lexi:approve": "Approve and dismiss tasks.",
    ContactsRead = "contacts:read": "See contacts.",
    ContactsWrite = "contacts:write": "Create, change and delete contacts.",
    CompaniesRead = "companies:read": "See companies.",
    CompaniesWrite = "companies:write": "Create, change and delete companies.",
    ListsRead = "lists:read": "See lists and their members.",
    ListsWrite = "lists:write": "Create, change and delete lists and their members.",
    SuppressionsRead = "suppressions:read": "See who must never be contacted.",
    SuppressionsWrite = "suppressions:write": "Say who must never be contacted.",
    ProspectsRead = "prospects:read": "Search the prospect database.",
    CampaignsRead = "campaigns:read": "See campaigns.",
    CampaignsWrite = "campaigns:write": "Create and change campaigns.",
    DealsRead = "deals:read": "See deals.",
    DealsWrite = "deals:write": "Create and change deals.",
    ActivitiesRead = "activities:read": "See activities and to-dos.",
    ActivitiesWrite = "activities:write": "Create activities and to-dos.",
    WebhooksRead = "webhooks:read": "See webhook endpoints.",
    WebhooksWrite = "webhooks:write": "Create and change webhook endpoints.",
    EventsRead = "events:read": "Follow what happened.",
    MetricsRead = "metrics:read": "Read the server's figures from another machine.",
    KeysAdmin = "keys:admin": "See, create and revoke API keys.",
    PoliciesAdmin = "policies:admin": "Write rules and policies that decide about tasks.",
    AuditRead = "audit:read": "Read the audit log.",
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission at all.
    pub const NONE: Permissions = Permissions(0);

    /// All there are; what the operator's command line may grant.
    pub fn all() -> Permissions {
        Permission::ALL.iter().fold(Permissions::NONE, |set, &permission| set.with(permission))
    }

    /// This set and one more.
    #[must_use]
    pub fn with(self, permission: Permission) -> Permissions {
        Permissions(self.0 | 1 << permission as u64)
    }

    /// Whether the permission is in the set.
    pub fn allows(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u64 != 0
    }

    /// Whether every permission of `other` is in this set: a key grants at most what it holds.
    pub fn covers(self, other: Permissions) -> bool {
        other.0 & !self.0 == 0
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub fn without(self, other: Permissions) -> Permissions {
        Permissions(self.0 & !other.0)
    }

    /// Reads fine permissions as they are stored. One that a newer program has written is not known here and grants
    /// nothing.
    pub(super) fn stored<S: AsRef<str>>(names: &[S]) -> Permissions {
        let known = |name: &str| Permission::ALL.iter().find(|p| p.as_str() == name);
        names.iter().filter_map(|name| known(name.as_ref())).fold(Permissions::NONE, |set, &p| set.with(p))
    }

    /// Reads a list of permissions and bundles, as given when a key is created.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Permissions> {
        let mut set = Permissions::NONE;
        for name in names {
            set.0 |= named(name.as_ref())?.0;
        }
        if set == Permissions::NONE {
            return Err(Error::validation("permissions", "Give at least one permission, for example \"read\"."));
        }
        Ok(set)
    }

    /// The fine permissions by name.
    pub fn names(self) -> Vec<&'static str> {
        Permission::ALL.iter().filter(|&&p| self.allows(p)).map(|p| p.as_str()).collect()
    }
}

/// The bundles of the published API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Bundle {
    Read,
    Write,
    Lexi,
}

impl Bundle {
    fn holds(self, permission: Permission) -> bool {
        let (resource, action) = permission.as_str().split_once(':').unwrap_or_default();
        let reserved = matches!(resource, "keys" | "policies" | "audit" | "metrics");
        match self {
            Bundle::Read => action == "read" && resource != "lexi" && !reserved,
            Bundle::Write => action == "write" && !reserved,
            Bundle::Lexi => resource == "lexi",
        }
    }
}

/// Spellings of the published API that mean one of ours.
const ALIASES: &[(&str, &str)] = &[
    ("read:contacts", "contacts:read"),
    ("write:contacts", "contacts:write"),
    ("read:companies", "companies:read"),
    ("write:companies", "companies:write"),
    ("read:lists", "lists:read"),
    ("write:lists", "lists:write"),
    ("read:campaigns", "campaigns:read"),
    ("write:campaigns", "campaigns:write"),
    ("read:deals", "deals:read"),
    ("write:deals", "deals:write"),
    ("read:activities", "activities:read"),
    ("write:activities", "activities:write"),
    ("read:ai", "lexi:read"),
    ("write:ai", "lexi:chat"),
    ("read:webhooks", "webhooks:read"),
    ("admin:webhooks", "webhooks:write"),
    ("admin:api_keys", "keys:admin"),
];

fn named(name: &str) -> Result<Permissions> {
    let bundle = match name {
        "read" => Some(Bundle::Read),
        "write" => Some(Bundle::Write),
        "lexi" => Some(Bundle::Lexi),
        _ => None,
    };
    if let Some(bundle) = bundle {
        let held = Permission::ALL.iter().filter(|&&p| bundle.holds(p));
        return Ok(held.fold(Permissions::NONE, |set, &p| set.with(p)));
    }
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, ours)| ours);
    match Permission::ALL.iter().find(|p| p.as_str() == name) {
        Some(&permission) => Ok(Permissions::NONE.with(permission)),
        None => {
            let name = quoted(name);
            Err(Error::validation(
                "permissions",
                format!(
                    "There is no permission \"{name}\". Known are read, write, lexi and fine ones such as contacts:read."
                ),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundles_hold_no_administration() {
        let trio = Permissions::parse(&["read", "write", "lexi"]).unwrap();
        for reserved in [Permission::KeysAdmin, Permission::PoliciesAdmin, Permission::AuditRead] {
            assert!(!trio.allows(reserved));
        }
        assert_eq!(Permissions::parse(&["lexi"]).unwrap().names(), ["lexi:read", "lexi:chat", "lexi:approve"]);
    }

    #[test]
    fn published_spellings_mean_ours() {
        assert_eq!(Permissions::parse(&["write:ai"]).unwrap().names(), ["lexi:chat"]);
        assert_eq!(Permissions::parse(&["admin:api_keys"]).unwrap().names(), ["keys:admin"]);
    }

    #[test]
    fn an_unknown_permission_is_named_in_the_refusal() {
        let refused = Permissions::parse(&["read", "fly"]).unwrap_err();
        assert!(refused.to_string().contains("\"fly\""));
    }
}
