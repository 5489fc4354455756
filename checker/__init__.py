"""A policy-as-code compliance checker for Microsoft Entra Connect Sync (Azure AD Connect) servers."""

__version__ = "0.1.0"
