"""The files that set a Postfix up, with gaps for its folder, ports and owner."""

from __future__ import annotations

PIPED = "pipe.example"  # the domain whose mail goes to a command
REALM = "mail.example"  # our own domain: reports come home to it
FAR = "example.org"  # the domain of the people who are written to
OFFICE = "entity.example"  # the domain of officers: every mailbox exists

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
command_directory = /usr/sbin
daemon_directory = {daemons}
myhostname = mx.{realm}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
alias_maps =
local_recipient_maps =
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
recipient_delimiter = +
virtual_mailbox_domains = {realm}, {far}, {office}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
# Every recipient is taken in, so that an unknown one comes back as a report, as it does behind a relay.
smtpd_reject_unlisted_recipient = no
smtpd_delay_reject = yes
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{policy}, permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = {realm}
smtpd_sasl_security_options = noanonymous
cyrus_sasl_config_path = {folder}/etc/sasl
transport_maps = texthash:{folder}/transport
bisdesk_destination_recipient_limit = 1
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
bisdesk unix - n n - 1 pipe
  flags=DR user=nobody argv={folder}/pipe/command ${{recipient}}
"""
SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/etc/sasl/users
mech_list: PLAIN LOGIN
"""
COMMAND = """\
#!/bin/sh
cd {folder}/pipe
[ -e away ] && exit 75
cat >report
echo "$1" >name && mv name recipient
"""
