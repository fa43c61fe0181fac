# What the scripts share: saying and failing, installing what is missing, and throwaway PostgreSQL servers. Sourced by
# bash; whoever sources it has set `script` to its own name.

say() { printf '\n=== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$script" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# install WHAT_FOR PACKAGE…: from the distribution, as root or through sudo.
install() {
    local what_for=$1 as_root=()
    shift
    have apt-get || fail "$what_for needs: $*. Install it with this machine's package manager and run again."
    if [ "$(id -u)" != 0 ]; then
        have sudo || fail "$what_for needs: $*. Install it as root (apt-get install $*) and run again."
        as_root=(sudo)
    fi
    say "Installing $* ($what_for)"
    "${as_root[@]}" apt-get update -qq || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        fail "$what_for needs: $*, which could not be installed. Install it by hand and run again."
}

# find_postgres PROGRAM…: the folder with these, on PATH, where pg_config says, or the newest of Debian's.
find_postgres() {
    local folder program
    for folder in \
        "$(dirname "$(command -v pg_ctl 2>/dev/null || echo /nowhere/pg_ctl)")" \
        "$(pg_config --bindir 2>/dev/null || true)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
        for program in "$@"; do
            [ -x "$folder/$program" ] || continue 2
        done
        echo "$folder"
        return 0
    done
    return 1
}

# prepare_postgres ELSE PROGRAM…: sets `programs`, the folder with these programs of PostgreSQL, and `owner`, who will own
# the throwaway servers. ELSE ends the sentence that says what to do when there are none.
prepare_postgres() {
    local else=$1
    shift
    programs=$(find_postgres "$@") || install "PostgreSQL for the tests" postgresql
    programs=$(find_postgres "$@") || fail "the tests need PostgreSQL 13 or later: install it ($* on PATH)$else."
    owner=$(id -un)
    [ "$(id -u)" != 0 ] || owner=$(id -un postgres 2>/dev/null || echo nobody)
}

# PostgreSQL refuses to run as root: another user owns the throwaway cluster then.
as_owner() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif have runuser; then
        runuser -u "$owner" -- "$@"
    elif have setpriv; then
        setpriv --reuid "$owner" --clear-groups -- "$@"
    else
        su -s /bin/sh "$owner" -c "$(printf '%q ' "$@")"
    fi
}

# make_folder TEMPLATE: a new folder that the owner of the servers can write into; prints its path.
make_folder() {
    local folder
    folder=$(mktemp -d "$1")
    [ "$(id -u)" != 0 ] || chown "$owner" "$folder"
    echo "$folder"
}
