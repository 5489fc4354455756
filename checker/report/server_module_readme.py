"""The page that says how to install the module on the servers."""

from __future__ import annotations

_PAGE = """\
# The module AdsyncChecker {version}

Reads the facts of a Microsoft Entra Connect Sync server as one line of JSON, for `adsync-checker`. It changes nothing.
It runs in Windows PowerShell 5.1 on the synchronization server. Written by `adsync-checker server-module`; what each
file may call is proven by a walk over its syntax tree, and `adsync-checker collect --print-script` shows all of it.

| file | what it is |
| --- | --- |
{files}

Choose one of three ways. All of them give the same document.

## 1. A JEA endpoint (recommended)

The synchronization service is reported to refuse what comes over the network to its named pipe, administrators
included. A JEA endpoint runs as a virtual account of the server, which is no network logon.

```powershell
.\\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\\Entra-Connect-Auditors' -WhatIf
.\\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\\Entra-Connect-Auditors'
```

Members of the group may call one function, and nothing else: no language, no scripts, no other command but the few that
every such endpoint has. Each session is written to `C:\\ProgramData\\AdsyncChecker\\Transcripts`. By hand: copy the folder
`AdsyncChecker` to `C:\\Program Files\\WindowsPowerShell\\Modules`, put your group into `AdsyncChecker.pssc`, and run
`Register-PSSessionConfiguration -Name AdsyncChecker -Path .\\AdsyncChecker.pssc`.

**Least privilege.** The virtual account begins in `ADSyncBrowse`, `ADSyncOperators` and `Event Log Readers`. Only if
`adsync-checker doctor` still says *denied*, give `-RunAsGroups ADSyncAdmins, 'Event Log Readers'`: to the virtual account,
which nobody can sign on as, and never to a person or a service account. On a domain controller the groups are groups of
the domain, and a virtual account is an administrator of the domain unless groups are named; they are, here.

Try it: `adsync-checker doctor --inventory servers.yaml`. Remove it:
`Unregister-PSSessionConfiguration -Name AdsyncChecker`, and delete the folder of the module.

## 2. A scheduled task that writes a snapshot

For servers where no endpoint may be registered. The task runs as the system, or as a group managed service account, and
writes `C:\\ProgramData\\AdsyncChecker\\Snapshot\\facts.json` every hour. Administrators and that account can write it, the
group that you name can read it, and the checker reports its owner and its access list. It counts for 24 hours by the clock
of the server, or for `--max-age` if that is less.

```powershell
.\\Install-AdsyncSnapshotTask.ps1 -Readers 'CONTOSO\\Entra-Connect-Auditors' -WhatIf
.\\Install-AdsyncSnapshotTask.ps1 -Readers 'CONTOSO\\Entra-Connect-Auditors'
```

**Least privilege.** `-Account 'CONTOSO\\gmsa-audit$'` instead of the system; the account needs the groups named above. The
readers need to be in `Remote Management Users`, and nothing more. Start it once with
`Start-ScheduledTask -TaskName 'AdsyncChecker Snapshot'`. Remove it with `Unregister-ScheduledTask` of the same name, and
delete the two folders `AdsyncChecker` in `C:\\Program Files` and `C:\\ProgramData`, and the folder of the module.

## 3. By hand, without a network

```powershell
.\\Export-AdsyncFacts.ps1 -Path C:\\exports\\sync01.json
```

In an elevated Windows PowerShell 5.1 on the server, as a member of `ADSyncAdmins` or of the groups above. Carry the file
to the checker: `adsync-checker check --policy v2-endpoint --facts sync01.json`.

## What could not be tried without Windows

The syntax of these files is parsed, and what they may call is proven, but they were never run on Windows. Not confirmed:

* that the named pipe of the service answers a virtual account, in every version of the product;
* which of the groups each cmdlet asks for: the vendor documents no such table;
* the names of the types of the product's objects; nothing depends on them;
* that every build has the properties that are read. One that is missing is an error in the document, never a value.
"""

_FILES = {
    "AdsyncChecker/AdsyncChecker.psd1": "the manifest of the module; it exports one function",
    "AdsyncChecker/AdsyncChecker.psm1": "the module: everything that reads",
    "AdsyncChecker/RoleCapabilities/AdsyncChecker.psrc": "what the endpoint shows: that one function",
    "AdsyncChecker.pssc": "the endpoint, to be registered by hand",
    "Export-AdsyncFacts.ps1": "writes the document to a file, by hand",
    "Install-AdsyncEndpoint.ps1": "installs the module and registers the endpoint",
    "Install-AdsyncSnapshotTask.ps1": "installs the module and registers the scheduled task",
    "Write-AdsyncSnapshot.ps1": "what the scheduled task runs",
}


def render_readme(version: str) -> str:
    """Write the page, for the module of *version*."""
    files = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in _FILES.items())
    return _PAGE.format(version=version, files=files)
