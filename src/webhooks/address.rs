//! Which addresses a webhook may have, so that nobody reaches the installation's own network through it: https, a name
//! and no IP address in any spelling, and no name that leads to anything but public addresses.
//!
//! Pure code. The address is checked when it is given and again before every call; what a name resolves to is checked by
//! the resolver of the connection itself (`client.rs`), so that what is checked is what is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use serde_json::json;

use crate::config::AllowedHost;
use crate::error::{Code, Error, Result, quoted};

/// Characters of an address.
const URL_MAX: usize = 2_000;
/// Ports below it belong to mail, files and the like; only 443 among them is a web server's.
const PORT_MIN: u16 = 1_024;
/// Names that mean this machine or this network wherever they are asked for.
const OWN_NAMES: &[&str] = &["localhost", "local", "localdomain", "internal", "intranet", "home.arpa", "lan"];

/// An address that may be called.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// As it is called.
    pub(super) url: Url,
    /// The operator vouches for it: it may be private.
    pub(super) vouched: bool,
}

/// Reads an address as somebody gave it. `allowed` are the hosts the operator vouches for.
pub(super) fn parse(text: &str, allowed: &[AllowedHost]) -> Result<Target> {
    if text.chars().count() > URL_MAX {
        return Err(refused(format!("url must have at most {URL_MAX} characters.")));
    }
    let shown = quoted(text);
    let wrong = |why: &str| refused(format!("url \"{shown}\" {why}"));
    let url = Url::parse(text).map_err(|_| wrong("is no address; write it as in https://hooks.example.com/lexi."))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or a password; put a token into the path instead."));
    }
    let vouched = is_allowed(&url, allowed);
    match url.scheme() {
        "https" => {}
        "http" if vouched => {}
        "http" => return Err(wrong("is not encrypted; it must begin with https://.")),
        _ => return Err(wrong("must begin with https://.")),
    }
    if vouched {
        return Ok(Target { url, vouched });
    }
    // The parser has turned every spelling of an IP address into an address by now, and names into ASCII.
    let Some(name) = url.domain().map(|name| name.trim_end_matches('.')) else {
        return Err(wrong("names an IP address; it must name a host."));
    };
    let is_below = |own: &str| name == own || name.strip_suffix(own).is_some_and(|front| front.ends_with('.'));
    if !name.contains('.') || OWN_NAMES.iter().any(|own| is_below(own)) {
        return Err(wrong("names a host of a private network; it must be reachable from everywhere."));
    }
    match url.port() {
        Some(port) if port < PORT_MIN && port != 443 => {
            Err(wrong(&format!("names port {port}; use 443 or one from {PORT_MIN} on.")))
        }
        _ => Ok(Target { url, vouched }),
    }
}

fn is_allowed(url: &Url, allowed: &[AllowedHost]) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default();
    allowed.iter().any(|one| one.host == host && (one.port.is_none() || one.port == port))
}

/// 400 `invalid_url`.
pub(super) fn refused(message: impl Into<String>) -> Error {
    let message = message.into();
    Error::with_details(Code::InvalidUrl, message.clone(), json!({ "fields": { "url": message } }))
}

/// Whether an address belongs to the public internet: neither private, nor this machine's, nor the link's, nor shared by
/// a provider's customers, nor for many, nor for documentation, nor one address inside another.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Networks of IPv4 that are not public, as IANA lists them; the address and how many of its bits count.
const NOT_PUBLIC_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared by a provider's customers
    ([127, 0, 0, 0], 8),     // this machine
    ([169, 254, 0, 0], 16),  // the link; 169.254.169.254 is where clouds keep credentials
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocols
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // measurements
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // for many
    ([240, 0, 0, 0], 4),     // reserved, broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !NOT_PUBLIC_V4.iter().any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

/// Networks inside 2000::/3 that are not public: protocols and tunnels (2001::/23), documentation, 6to4. Everything
/// outside 2000::/3 is none either: ::1, mapped and translated IPv4, fc00::/7 (fd00:ec2::254 among it), fe80::/10, ff00::/8.
const NOT_PUBLIC_V6: &[([u16; 2], u32)] =
    &[([0x2001, 0x0000], 23), ([0x2001, 0x0db8], 32), ([0x2002, 0x0000], 16), ([0x3fff, 0x0000], 20)];

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let bits = u32::from(first) << 16 | u32::from(second);
    let inside = |(network, length): &([u16; 2], u32)| {
        let network = u32::from(network[0]) << 16 | u32::from(network[1]);
        (bits ^ network).checked_shr(32 - length).unwrap_or(0) == 0
    };
    bits >> 29 == 1 && !NOT_PUBLIC_V6.iter().any(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(host: &str, port: Option<u16>) -> Vec<AllowedHost> {
        vec![AllowedHost { host: host.into(), port }]
    }

    #[test]
    fn no_spelling_of_a_forbidden_address_is_taken() {
        for url in [
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "https://user@hooks.example.com/",
            "https://user:pass@hooks.example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://8.8.8.8/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://localhost/",
            "https://localhost./",
            "https://db.internal/",
            "https://printer.local/",
            "https://intranet/",
            "https://１２７.0.0.1/",
            "https://hooks.example.com:25/",
            "https:///path",
            "hooks.example.com",
            "",
        ] {
            let refused = parse(url, &[]).map(|target| target.url).expect_err(url);
            assert_eq!(refused.code(), Code::InvalidUrl, "{url}");
        }
        for url in
            ["https://hooks.example.com/lexi?token=1", "https://hooks.example.com:8443/", "https://bücher.example/"]
        {
            assert!(!parse(url, &[]).expect(url).vouched);
        }
    }

    #[test]
    fn what_the_operator_vouches_for_is_taken_at_its_port_only() {
        assert!(parse("http://127.0.0.1:9000/x", &allowed("127.0.0.1", Some(9_000))).unwrap().vouched);
        assert!(parse("http://127.0.0.1:9001/x", &allowed("127.0.0.1", Some(9_000))).is_err());
        assert!(parse("https://hooks.internal/x", &allowed("hooks.internal", None)).unwrap().vouched);
        assert!(parse("http://[::1]:9000/x", &allowed("::1", Some(9_000))).unwrap().vouched);
        assert!(parse("http://u@127.0.0.1:9000/x", &allowed("127.0.0.1", None)).is_err());
        assert!(parse("http://other.example/", &allowed("hooks.internal", None)).is_err());
    }

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
