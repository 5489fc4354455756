"""What to tell the person who must act, for every way in which a server could not be read."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.collection import FailureClass

SENTENCES: Mapping[FailureClass, str] = {
    FailureClass.DNS: "The name '{host}' is not known here; correct 'host', or ask whoever runs the name service.",
    FailureClass.REFUSED: (
        "Nothing listens on {place}; start WinRM there with a listener for it, or correct 'port' and 'tls'."
    ),
    FailureClass.UNREACHABLE: "There is no way to {place}; look at the network, the route and the firewalls.",
    FailureClass.CONNECT_TIMEOUT: "{place} does not answer a connection; a firewall may drop it, or the server is down.",
    FailureClass.PROXY: "The proxy did not let the connection to {place} through.",
    FailureClass.REDIRECT_REFUSED: (
        "{place} sends its clients elsewhere, which is not followed; name the server itself as 'host'."
    ),
    FailureClass.TLS: (
        "TLS with {place} failed; its certificate must be valid, name '{host}', and come from the system's authorities "
        "or from 'ca_bundle'."
    ),
    FailureClass.BAD_CONFIGURATION: "The connection to {place} cannot be made as the inventory says.",
    FailureClass.AUTH_REJECTED: (
        "{place} rejected the credential, and it is not tried again: the account or its password is wrong, locked or "
        "expired, the server does not take this method, or the clocks differ."
    ),
    FailureClass.AUTH_METHOD_UNAVAILABLE: (
        "{place} and this machine have no way to authenticate by {authentication} together; name another "
        "'authentication', or enable this one."
    ),
    FailureClass.CREDENTIAL_UNAVAILABLE: (
        "There is no usable credential for {place}: get a Kerberos ticket with 'kinit', or name a 'credential'."
    ),
    FailureClass.KDC: (
        "Kerberos gave no ticket for {place}: the KDC was not reached, does not know this name of the server, or the "
        "clocks differ."
    ),
    FailureClass.ENDPOINT_DENIED: (
        "The account may not use the PowerShell endpoint on {place}; give it the right there, or name another "
        "'configuration_name'."
    ),
    FailureClass.ENDPOINT_MISSING: (
        "{place} has no such PowerShell endpoint; register it, or correct 'configuration_name'."
    ),
    FailureClass.BUSY: "{place} is busy, or a quota of WinRM is used up; try again later, or raise the quota.",
    FailureClass.HTTP_ERROR: "{place} answered with an error of HTTP instead of WinRM.",
    FailureClass.PROTOCOL_ERROR: "What answers on {place} does not speak WinRM as expected.",
    FailureClass.READ_TIMEOUT: "{place} took the request and did not answer it in time.",
    FailureClass.DEADLINE: "The time for {place} was over before it had answered.",
    FailureClass.CONNECTION_DROPPED: "{place} closed the connection in the middle.",
    FailureClass.SHELL_LOST: "{place} ended the PowerShell session in the middle.",
    FailureClass.COMMAND_NOT_AVAILABLE: "The endpoint on {place} has no such command, or does not show it.",
    FailureClass.SCRIPT_NOT_ALLOWED: "The endpoint on {place} does not take script text.",
    FailureClass.PARAMETER_NOT_ALLOWED: "The command on {place} does not take this parameter.",
    FailureClass.COMMAND_DENIED: "The account on {place} may not run this command, or read what it asks for.",
    FailureClass.PIPE_REFUSES_NETWORK_LOGON: (
        "The sync service on {place} did not answer this remote logon: use the JEA endpoint or the snapshot of the "
        "server module, and see that the service ADSync runs."
    ),
    FailureClass.SERVICE_STOPPED: "The service ADSync on {place} does not run.",
    FailureClass.ITEM_NOT_FOUND: "What was asked for is not there on {place}.",
    FailureClass.PIPELINE_ERROR: "The command on {place} failed.",
    FailureClass.PARTIAL: "{place} gave only a part of what was asked for.",
    FailureClass.TOO_LARGE: "{place} sent more than is read of one answer.",
    FailureClass.SNAPSHOT_STALE: "The snapshot on {place} is too old; see whether its scheduled task still runs.",
    FailureClass.IDENTITY: "Another computer than the one that was asked for answered on {place}.",
    FailureClass.SKIPPED: "{place} was not asked.",
    FailureClass.INTERRUPTED: "The run was interrupted before {place} was read.",
    FailureClass.INTERNAL: "A bug of the checker kept {place} from being read; please report it.",
}

KERBEROS_IS_MISSING = (
    "Kerberos is not installed here: pip install 'adsync-checker[kerberos]', or name another 'authentication'."
)
