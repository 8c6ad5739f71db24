#!/bin/sh
# Certificates for what speaks inside: an authority of the ledger's own, and one certificate each for PostgreSQL, Redis and
# the web servers, under the names by which the others know them. docs/operations.md says when to run it again.
#
#     sh deploy/certificates.sh secrets            # makes what is missing, has ended, or does not fit its key or authority
#     sh deploy/certificates.sh secrets --renew    # new certificates and keys by the same authority
#
# On hosts of their own they have other names, separated by spaces (an address of digits counts as one):
#
#     POSTGRES_NAMES="postgres db.council.example" REDIS_NAMES=… WEB_NAMES=… sh deploy/certificates.sh secrets
set -eu
folder=${1:?name the folder, such as secrets}
renew=${2:-}
authority_days=3650
certificate_days=825
umask 077
work=$(mktemp -d "$folder/.making-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# The file's name, once it is whole: a run that is broken off leaves no half of one.
place() { chmod "$3" "$1" && mv -f "$1" "$2"; }

names() {
    separator=
    for name in "$@"; do
        case $name in
            *[!0-9.]*) printf '%sDNS:%s' "$separator" "$name" ;;
            *) printf '%sIP:%s' "$separator" "$name" ;;
        esac
        separator=,
    done
}

authority() {
    key "$work/key"
    cat > "$work/settings" <<SETTINGS
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = Authority inside the ledger, $(date -u +%Y-%m-%d)
[extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
SETTINGS
    openssl req -x509 -new -sha256 -days "$authority_days" -config "$work/settings" -key "$work/key" -out "$work/pem"
    place "$work/key" "$folder/internal_authority_key.pem" 0400
    place "$work/pem" "$folder/internal_authority.pem" 0444
}

# Whether the service has a certificate by this authority that has not ended, and the key to it.
sound() {
    [ -e "$folder/${1}_key.pem" ] \
        && openssl verify -no-CApath -CAfile "$folder/internal_authority.pem" "$folder/${1}_certificate.pem" \
            > "$work/said" 2>&1 \
        && openssl x509 -in "$folder/${1}_certificate.pem" -noout -pubkey > "$work/certified" 2> "$work/said" \
        && openssl pkey -in "$folder/${1}_key.pem" -pubout > "$work/held" 2> "$work/said" \
        && cmp -s "$work/certified" "$work/held"
}

# Who trusts the authority trusts nothing of it once it has ended.
outlived() {
    authority=$folder/internal_authority.pem
    openssl x509 -in "$authority" -noout -checkend "$((certificate_days * 24 * 3600))" > "$work/said" && return
    ends=$(openssl x509 -in "$authority" -noout -enddate | sed 's/^notAfter=//')
    echo "The authority ends on $ends, before a new certificate would: nothing was made. Remove internal_authority.pem and" \
        "internal_authority_key.pem from $folder and run this again, which makes everything anew." >&2
    exit 1
}

certificate() {
    service=$1
    shift
    outlived
    key "$work/key"
    cat > "$work/settings" <<SETTINGS
[req]
distinguished_name = name
prompt = no
[name]
CN = $service
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $(names "$@")
SETTINGS
    openssl req -new -config "$work/settings" -key "$work/key" -out "$work/request"
    openssl x509 -req -sha256 -days "$certificate_days" -in "$work/request" -out "$work/pem" \
        -CA "$folder/internal_authority.pem" -CAkey "$folder/internal_authority_key.pem" \
        -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/settings" -extensions extensions 2> "$work/said" \
        || { cat "$work/said" >&2; exit 1; }
    # Containers' accounts read them; the folder is closed to all others.
    place "$work/key" "$folder/${service}_key.pem" 0444
    place "$work/pem" "$folder/${service}_certificate.pem" 0444
}

if [ ! -e "$folder/internal_authority.pem" ]; then
    authority
    renew=--renew
fi
for service in postgres redis web; do
    if [ "$renew" = --renew ] || ! sound "$service"; then
        case $service in
            postgres) names=${POSTGRES_NAMES:-postgres} ;;
            redis) names=${REDIS_NAMES:-redis} ;;
            web) names=${WEB_NAMES:-web} ;;
        esac
        # shellcheck disable=SC2086  # several names, apart
        certificate "$service" $names
    fi
    openssl x509 -in "$folder/${service}_certificate.pem" -noout -enddate | sed "s/^notAfter=/$service is valid until /"
done
