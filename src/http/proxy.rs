//! Who is at the other end when a proxy stands between. Only proxies that the operator trusts are believed; what they
//! say is read from the right, because only the rightmost words are theirs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap, HeaderName, header};
use ipnet::IpNet;

use super::server::Peer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Longest header that is read, over all its lines.
const HEADER_MAX: usize = 4 << 10;
/// More proxies in a row than anybody has.
const HOPS_MAX: usize = 32;

/// The address of whoever sent a request: the peer's, or what trusted proxies say of it.
pub fn client(trusted: &[IpNet], headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    if trusted.is_empty() { peer } else { behind(trusted, headers, peer.to_canonical()) }
}

/// What the proxies say, if the peer is one of them. Where they say nothing that can be read, or where the two headers
/// say different things (one of them is then the caller's own invention), the peer's address.
fn behind(trusted: &[IpNet], headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    if !is_trusted(trusted, peer) {
        return peer;
    }
    let forwarded = said(trusted, headers, &header::FORWARDED, peer, forwarded_for);
    let x_forwarded_for = said(trusted, headers, &X_FORWARDED_FOR, peer, address);
    match (forwarded, x_forwarded_for) {
        (None, None) => peer,
        (Some(said), None) | (None, Some(said)) => said.unwrap_or(peer),
        (Some(one), Some(other)) if one == other => one.unwrap_or(peer),
        (Some(_), Some(_)) => peer,
    }
}

fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The rightmost hop that is no trusted proxy, or the first of all; `Some(None)` when the header can't be read, `None`
/// when there is none.
fn said(
    trusted: &[IpNet],
    headers: &HeaderMap,
    name: &HeaderName,
    peer: IpAddr,
    read: fn(&str) -> Option<IpAddr>,
) -> Option<Option<IpAddr>> {
    let mut last = None;
    let mut length = 0;
    let mut hops = 0;
    // Further lines of a header go on where the earlier ones end.
    if !headers.contains_key(name) {
        return None;
    }
    let mut lines = headers.get_all(name).iter();
    while let Some(line) = lines.next_back() {
        let Ok(line) = line.to_str() else { return Some(None) };
        length += line.len();
        if length > HEADER_MAX {
            return Some(None);
        }
        for hop in hops_of(line) {
            hops += 1;
            let Some(address) = read(hop).filter(|_| hops <= HOPS_MAX) else { return Some(None) };
            if !is_trusted(trusted, address) {
                return Some(Some(address));
            }
            last = Some(address);
        }
    }
    Some(Some(last.unwrap_or(peer)))
}

/// The hops of a line from right to left. Commas inside quotes do not part; no address holds one, so none is looked for.
fn hops_of(line: &str) -> impl Iterator<Item = &str> {
    line.rsplit(',').map(str::trim).filter(|hop| !hop.is_empty())
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let alone = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok().filter(IpAddr::is_ipv6);
    alone.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

/// The address after `for=` in one hop of a `Forwarded` header (RFC 7239): `for="[2001:db8::1]:4711";proto=https`.
/// `unknown` and names that begin with an underscore are nobody's address.
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in hop.split(';') {
        let (name, value) = pair.trim().split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") {
            if found.is_some() {
                return None;
            }
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            found = Some(address(unquoted.unwrap_or(value))?);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.7";

    fn client_of(peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/24", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap()).to_vec();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        client(&trusted, &headers, &extensions).to_string()
    }

    #[test]
    fn a_trusted_proxy_is_believed_in_both_headers() {
        for (name, value, expected) in [
            ("x-forwarded-for", "192.0.2.1", "192.0.2.1"),
            ("x-forwarded-for", " 192.0.2.1:4711 ", "192.0.2.1"),
            ("x-forwarded-for", "2001:db8::1", "2001:db8::1"),
            ("x-forwarded-for", "[2001:db8::1]:4711", "2001:db8::1"),
            ("x-forwarded-for", "::ffff:192.0.2.1", "192.0.2.1"),
            ("forwarded", "for=192.0.2.1", "192.0.2.1"),
            ("forwarded", "proto=https;For=\"192.0.2.1:80\";by=203.0.113.43", "192.0.2.1"),
            ("forwarded", "for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("forwarded", "for=\"[2001:db8:cafe::17]\"; proto=http", "2001:db8:cafe::17"),
        ] {
            assert_eq!(client_of(PROXY, &[(name, value)]), expected, "{name}: {value}");
            assert_eq!(client_of("::ffff:10.0.0.7", &[(name, value)]), expected, "{name}: {value}");
            assert_eq!(client_of("198.51.100.9", &[(name, value)]), "198.51.100.9", "not trusted");
        }
    }

    #[test]
    fn only_the_rightmost_hop_that_is_no_proxy_counts() {
        let spoofed = "203.0.113.99, 192.0.2.1, 10.0.0.9";
        assert_eq!(client_of(PROXY, &[("x-forwarded-for", spoofed)]), "192.0.2.1");
        let lines = [("x-forwarded-for", "203.0.113.99"), ("x-forwarded-for", "192.0.2.1, 10.0.0.9")];
        assert_eq!(client_of(PROXY, &lines), "192.0.2.1");
        assert_eq!(client_of(PROXY, &[("forwarded", "for=203.0.113.99, for=192.0.2.1")]), "192.0.2.1");
        assert_eq!(client_of(PROXY, &[("x-forwarded-for", "nonsense, 192.0.2.1")]), "192.0.2.1", "not looked at");
        assert_eq!(client_of(PROXY, &[("x-forwarded-for", "10.0.0.8, 10.0.0.9")]), "10.0.0.8", "all are proxies");
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        let long = format!("{}192.0.2.1", "192.0.2.1, ".repeat(400));
        let many = format!("192.0.2.1{}", ", 10.0.0.9".repeat(HOPS_MAX));
        for (name, value) in [
            ("x-forwarded-for", ""),
            ("x-forwarded-for", "unknown"),
            ("x-forwarded-for", "192.0.2.1, 10.0.0.300"),
            ("x-forwarded-for", &long),
            ("x-forwarded-for", &many),
            ("forwarded", "for=unknown"),
            ("forwarded", "for=_hidden"),
            ("forwarded", "for=\"192.0.2.1"),
            ("forwarded", "for=192.0.2.1;for=192.0.2.2"),
            ("forwarded", "proto=https"),
            ("forwarded", "for"),
        ] {
            assert_eq!(client_of(PROXY, &[(name, value)]), PROXY, "{name}: {value}");
        }
        assert_eq!(client_of(PROXY, &[]), PROXY);
    }

    #[test]
    fn a_header_the_proxy_did_not_write_gains_nothing() {
        let own = ("x-forwarded-for", "192.0.2.1");
        assert_eq!(client_of(PROXY, &[own, ("forwarded", "for=203.0.113.99")]), PROXY);
        assert_eq!(client_of(PROXY, &[own, ("forwarded", "for=192.0.2.1")]), "192.0.2.1");
    }
}
