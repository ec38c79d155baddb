#!/bin/sh
# A server of another version than this machine's, for the tests: its packages come
# from Debian, are unpacked into FOLDER and run from there. Nothing is installed.
#
#   tests/servers/debian.sh mysql sid FOLDER 3307        MySQL of Debian unstable
#   tests/servers/debian.sh mariadb trixie FOLDER 3308   MariaDB of Debian 13
#
# Stays in the foreground; stop it with Ctrl-C. Then, elsewhere:
#
#   WHIMBREL_TEST_MYSQL_URL=mysql+pymysql://root@127.0.0.1:3307/ \
#       python -m pytest --database mysql
#
# Needs Linux with apt-get and dpkg-deb, and the keys of Debian's archive.
set -eu

product=${1:?mysql or mariadb} suite=${2:?a suite of Debian, such as sid}
mkdir -p "${3:?an empty folder}"
folder=$(cd "$3" && pwd) port=${4:-3307}
root=$folder/root data=$folder/data
loader=$root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
libraries=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
user=$(id -un)

fetch() {
    mkdir -p "$folder/apt/etc/preferences.d" "$folder/apt/etc/apt.conf.d" "$folder/apt/state/lists/partial" \
        "$folder/apt/cache/archives/partial" "$root"
    : > "$folder/apt/status"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    # The archive that this machine uses, whatever suite it has of it.
    archive=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u | head -n 1)
    echo "deb [signed-by=$keys] $archive $suite main" \
        > "$folder/apt/etc/sources.list"
    cat > "$folder/apt/conf" <<EOF
Dir::Etc "$folder/apt/etc";
Dir::Etc::sourceparts "-";
Dir::State "$folder/apt/state";
Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "$user";
Acquire::Check-Valid-Until "false";
EOF
    export APT_CONFIG="$folder/apt/conf"
    apt-get -q update
    # Older suites have the version in the name of the package.
    core=$(apt-cache pkgnames "$product-server-core" | sort | head -n 1)
    apt-get -q -y --no-install-recommends --download-only install "$core"
    for package in "$folder"/apt/cache/archives/*.deb; do
        dpkg-deb --extract "$package" "$root"
    done
    unset APT_CONFIG
    [ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
}

[ -e "$root/usr/sbin" ] || fetch
daemon=$root/usr/sbin/${product}d
share=$root/usr/share/$product
[ -d "$share" ] || share=$root/usr/share/mysql
serve() {
    "$loader" --library-path "$libraries" "$daemon" --no-defaults --user="$user" \
        --basedir="$root/usr" --datadir="$data" --lc-messages-dir="$share" "$@"
}
if [ ! -d "$data" ]; then
    if [ "$product" = mysql ]; then
        serve --initialize-insecure
    else
        mkdir "$data"
        # Bootstrap reads a statement up to a semicolon at the end of a line.
        {
            printf '%s;\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket=NULL'
            cat "$share"/*_system_tables.sql "$share"/*_system_tables_data.sql
        } > "$folder/setup.sql"
        serve --bootstrap --skip-networking < "$folder/setup.sql"
    fi
fi
only_mysql='--mysqlx=OFF --secure-file-priv=NULL --innodb-doublewrite=OFF'
[ "$product" = mysql ] || only_mysql=
# Durability is nothing that tests need.
# shellcheck disable=SC2086
serve --port="$port" --bind-address=127.0.0.1 --socket="$folder/socket" \
    --pid-file="$folder/pid" --skip-log-bin --innodb-flush-log-at-trx-commit=0 $only_mysql
