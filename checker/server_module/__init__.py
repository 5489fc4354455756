"""The PowerShell module for the servers, as files to be written out; nothing here is Python."""
