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

Copy the whole folder to the server. Where scripts must be signed, sign these files with your own certificate; what was
downloaded by a browser needs `Unblock-File` first. The installers ask before each change, and `-Confirm:$false` answers
yes to all; with `-WhatIf` they only say what they would do.

Choose one of three ways. All of them give the same document.

## Which groups are needed

The rights of the product hang on local groups of the server, or on groups of the domain where it runs on a domain
controller or where others were named when it was installed. Begin with the first step, and go on only while
`adsync-checker doctor` says that something is denied:

1. `ADSyncBrowse`, `ADSyncOperators` and `Event Log Readers`;
2. `ADSyncAdmins`, for the account that the module runs as, and only inside the endpoint or the task: never for a person,
   and never for the account that `adsync-checker` connects with.

## 1. A JEA endpoint (recommended)

The synchronization service is reported to refuse what comes over the network to its named pipe, administrators
included. A JEA endpoint runs as a virtual account of the server, which is no network logon.

Make a group in Active Directory for those who may read the facts, and run in an elevated Windows PowerShell 5.1:

```powershell
.\\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\\Entra-Connect-Auditors' -WhatIf
.\\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\\Entra-Connect-Auditors'
```

It refuses to run without such a group, and refuses one that holds everybody. WinRM restarts at the end, which ends the
remote sessions of others. Members of the group may then call one function, and nothing else: no language, no scripts, no
other command but the few that every such endpoint has. Each session is written to
`C:\\ProgramData\\AdsyncChecker\\Transcripts`, which administrators alone can read. By hand: copy the folder
`AdsyncChecker` to `C:\\Program Files\\WindowsPowerShell\\Modules`, put your group into `AdsyncChecker.pssc`, and run
`Register-PSSessionConfiguration -Name AdsyncChecker -Path .\\AdsyncChecker.pssc`.

**Least privilege.** The virtual account is in the groups of the first step and in no other. For the second step install
again with `-RunAsGroups 'ADSyncAdmins', 'Event Log Readers'`: nobody can sign on as that account. On a domain controller a
virtual account is an administrator of the domain unless groups are named; they are, here.

**Try it.** `adsync-checker doctor --inventory servers.yaml`, or without the checker:
`Invoke-Command -ComputerName SYNC01 -ConfigurationName AdsyncChecker -ScriptBlock {{ Get-AdsyncFact }}`.

**Remove it.** `Unregister-PSSessionConfiguration -Name AdsyncChecker`, and delete
`C:\\Program Files\\WindowsPowerShell\\Modules\\AdsyncChecker` and `C:\\ProgramData\\AdsyncChecker`.

## 2. A scheduled task that writes a snapshot

For servers where no endpoint may be registered. The task runs as the system, or as a group managed service account, and
writes `C:\\ProgramData\\AdsyncChecker\\Snapshot\\facts.json` every hour. The system, administrators and that account can write
it, the group that you name can read it, and the checker reports its owner and its access list. It counts for 24 hours by
the clock of the server, or for `--max-age` if that is less; after that all it says is unknown.

```powershell
.\\Install-AdsyncSnapshotTask.ps1 -Readers 'CONTOSO\\Entra-Connect-Auditors' -WhatIf
.\\Install-AdsyncSnapshotTask.ps1 -Readers 'CONTOSO\\Entra-Connect-Auditors'
```

A folder or file that somebody else put in that place before is not taken over: the installer says which, and stops.

**Least privilege.** Add `-Account 'CONTOSO\\gmsa-audit$'` to run as a group managed service account instead of the system. It
needs the groups named above and the right to log on as a batch job. The readers need to be in `Remote Management Users`,
and nothing more.

**Try it.** `Start-ScheduledTask -TaskName 'AdsyncChecker Snapshot'`; a moment later the file is there, and
`Get-ScheduledTaskInfo -TaskName 'AdsyncChecker Snapshot'` shows the result 0.

**Remove it.** `Unregister-ScheduledTask -TaskName 'AdsyncChecker Snapshot'`, and delete
`C:\\Program Files\\AdsyncChecker`, `C:\\ProgramData\\AdsyncChecker` and
`C:\\Program Files\\WindowsPowerShell\\Modules\\AdsyncChecker`.

## 3. By hand, without a network

```powershell
.\\Export-AdsyncFacts.ps1 -Path C:\\exports\\sync01.json
```

In an elevated Windows PowerShell 5.1 on the server, as a member of the groups named above. Nothing is installed, and
nothing is to be removed. Carry the file to the checker: `adsync-checker check --policy v2-endpoint --facts sync01.json`.

## What could not be tried without Windows

The syntax of these files is parsed, and what they may call is proven, but they were never run on Windows. Not confirmed:

* that the named pipe of the service answers a virtual account, in every version of the product;
* which of the groups each cmdlet asks for: the vendor documents no such table;
* that the virtual account may read the keys of the product in the registry and ask for the state of its service; where it
  may not, the facts are denied, and the state is not told;
* that the module of the product can be loaded inside the endpoint, which loads none by itself;
* the names of the types of the product's objects; nothing depends on them;
* that every build has the properties that are read: one that is missing is an error in the document, never a value;
* the installers: read what `-WhatIf` says, and try them first on a server in staging mode.
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
