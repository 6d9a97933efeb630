#!/usr/bin/env bash
# Prepares this checkout for one purpose and says what it does: setup.sh demo|test
# Repeats cheaply: the virtual environment is synchronised with the lock file, system packages are installed only when missing.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?demo or test}

# Each line: a file or command that shows the package is there, and Debian's name of the package.
needs() {
    cat <<LIST
lib:libpango-1.0.so.0 libpango-1.0-0
lib:libpangoft2-1.0.so.0 libpangoft2-1.0-0
lib:libharfbuzz-subset.so.0 libharfbuzz-subset0
module:ensurepip python3-venv
LIST
    [ "$purpose" = test ] || return 0
    cat <<LIST
glob:/usr/lib/postgresql/*/bin/postgres postgresql
command:redis-server redis-server
command:chromium-headless-shell chromium-headless-shell
command:pdftotext poppler-utils
command:msgfmt gettext
command:openssl openssl
command:softhsm2-util softhsm2
command:setpriv util-linux
glob:/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
LIST
}

present() {
    case $1 in
        lib:*) ldconfig -p 2>/dev/null | grep -q "${1#lib:}" || compgen -G "/usr/lib/*/${1#lib:}" >/dev/null ;;
        glob:*) compgen -G "${1#glob:}" >/dev/null ;;
        command:*) command -v "${1#command:}" >/dev/null ;;
        module:*) "$python" -c "import ${1#module:}" 2>/dev/null ;;
    esac
}

find_python() {
    for candidate in python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then echo "$candidate"; return; fi
    done
    echo "Python 3.11 is not installed. On Debian 12: apt-get install python3 python3-venv" >&2
    exit 1
}

install_system_packages() {
    local missing=()
    while read -r probe package; do present "$probe" || missing+=("$package"); done < <(needs)
    [ ${#missing[@]} -eq 0 ] && return
    local sudo=""
    if [ "$(id -u)" != 0 ]; then
        sudo="sudo -n"
        if ! $sudo true 2>/dev/null; then
            echo "These system packages are missing and this user may not install them: ${missing[*]}" >&2
            echo "Ask an administrator to run: apt-get install ${missing[*]}" >&2
            exit 1
        fi
    fi
    command -v apt-get >/dev/null || { echo "These packages are missing and there is no apt-get: ${missing[*]}" >&2; exit 1; }
    echo "Installing system packages: ${missing[*]}"
    # PostgreSQL is only used through private folders; Debian's own cluster would be one server too many.
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        $sudo mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/luochui-apt.log 2>&1 || { cat /tmp/luochui-apt.log >&2; exit 1; }
}

make_environment() {
    local lock=requirements/demo.txt
    [ "$purpose" = test ] && lock=requirements/development.txt
    # A demo after tests keeps the larger environment.
    [ "$purpose" = demo ] && [ -x .venv/bin/pytest ] && lock=requirements/development.txt
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    local stamp=.venv/.lock-sha256 sum
    sum=$(sha256sum "$lock" | cut -c1-64)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return
    [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
    echo "Installing Python packages of $lock"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
    echo "$sum" > "$stamp"
}

python=$(find_python)
install_system_packages
make_environment
