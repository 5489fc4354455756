"""Facts of running servers, over PowerShell remoting."""
