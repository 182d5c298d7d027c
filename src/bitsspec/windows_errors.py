"""Errors of BITS and Windows behind which there is no HTTP status, by the names of Microsoft's headers."""

FACILITIES = {
    0x07: "a Windows error (facility 7, Win32; its number there is {})",
    0x20: "an error of BITS itself (facility 32)",
    0x00: "a COM error (facility 0)",
    0x04: "an error of some interface (facility 4)",
    0x09: "an error of Windows' security (facility 9)",
    0x24: "an error of Windows Update (facility 36)",
}
"""What the facility of an HRESULT, its bits 16 to 26, says about where it comes from."""

_BITS = {
    0x01: "BG_E_NOT_FOUND",
    0x02: "BG_E_INVALID_STATE",
    0x03: "BG_E_EMPTY",
    0x04: "BG_E_FILE_NOT_AVAILABLE",
    0x05: "BG_E_PROTOCOL_NOT_AVAILABLE",
    0x07: "BG_E_ERROR_CONTEXT_UNKNOWN",
    0x08: "BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER",
    0x09: "BG_E_ERROR_CONTEXT_LOCAL_FILE",
    0x0A: "BG_E_ERROR_CONTEXT_REMOTE_FILE",
    0x0B: "BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT",
    0x0C: "BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION",
    0x0D: "BG_E_DESTINATION_LOCKED",
    0x0E: "BG_E_VOLUME_CHANGED",
    0x0F: "BG_E_ERROR_INFORMATION_UNAVAILABLE",
    0x10: "BG_E_NETWORK_DISCONNECTED",
    0x11: "BG_E_MISSING_FILE_SIZE",
    0x12: "BG_E_INSUFFICIENT_HTTP_SUPPORT",
    0x13: "BG_E_INSUFFICIENT_RANGE_SUPPORT",
    0x14: "BG_E_REMOTE_NOT_SUPPORTED",
    0x15: "BG_E_NEW_OWNER_DIFF_MAPPING",
    0x16: "BG_E_NEW_OWNER_NO_FILE_ACCESS",
    0x18: "BG_E_PROXY_LIST_TOO_LARGE",
    0x19: "BG_E_PROXY_BYPASS_LIST_TOO_LARGE",
    0x1B: "BG_E_INVALID_SERVER_RESPONSE",
    0x1C: "BG_E_TOO_MANY_FILES",
    0x1D: "BG_E_LOCAL_FILE_CHANGED",
    0x1E: "BG_E_ERROR_CONTEXT_REMOTE_APPLICATION",
    0x1F: "BG_E_SESSION_NOT_FOUND",
    0x20: "BG_E_TOO_LARGE",
    0x21: "BG_E_STRING_TOO_LONG",
    0x22: "BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH",
    0x23: "BG_E_SERVER_EXECUTE_ENABLE",
    0x24: "BG_E_NO_PROGRESS",
    0x25: "BG_E_USERNAME_TOO_LARGE",
    0x26: "BG_E_PASSWORD_TOO_LARGE",
    0x27: "BG_E_INVALID_AUTH_TARGET",
    0x28: "BG_E_INVALID_AUTH_SCHEME",
    0x29: "BG_E_FILE_NOT_FOUND",
    0x2B: "BG_E_INVALID_RANGE",
    0x2C: "BG_E_OVERLAPPING_RANGES",
    0x2D: "BG_E_CONNECT_FAILURE",
    0x2E: "BG_E_CONNECTION_CLOSED",
    0x3E: "BG_E_BLOCKED_BY_POLICY",
    0x3F: "BG_E_INVALID_PROXY_INFO",
    0x40: "BG_E_INVALID_CREDENTIALS",
}
_WIN32 = {
    2: "ERROR_FILE_NOT_FOUND",
    3: "ERROR_PATH_NOT_FOUND",
    5: "ERROR_ACCESS_DENIED",
    30: "ERROR_READ_FAULT",
    32: "ERROR_SHARING_VIOLATION",
    53: "ERROR_BAD_NETPATH",
    87: "ERROR_INVALID_PARAMETER",
    112: "ERROR_DISK_FULL",
    1223: "ERROR_CANCELLED",
    1245: "ERROR_NOT_AUTHENTICATED",
    1460: "ERROR_TIMEOUT",
    12002: "ERROR_WINHTTP_TIMEOUT",
    12005: "ERROR_WINHTTP_INVALID_URL",
    12007: "ERROR_WINHTTP_NAME_NOT_RESOLVED",
    12029: "ERROR_WINHTTP_CANNOT_CONNECT",
    12030: "ERROR_WINHTTP_CONNECTION_ERROR",
    12031: "ERROR_INTERNET_CONNECTION_RESET",
    12044: "ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED",
    12152: "ERROR_WINHTTP_INVALID_SERVER_RESPONSE",
    12175: "ERROR_WINHTTP_SECURE_FAILURE",
}
_NAMES = {0x8020_0000 + code: name for code, name in _BITS.items()} | {
    0x8007_0000 + code: name for code, name in _WIN32.items()
}
_VALUES = {name: value for value, name in _NAMES.items()}


def named(name: str) -> int | None:
    """Return the HRESULT of an error by its name; None for a name that is not listed here."""
    return _VALUES.get(name.upper())


def describe(hresult: int) -> str | None:
    """Return what an HRESULT of another facility than HTTP's is; None for what nobody knows here."""
    facility = FACILITIES.get(hresult >> 16 & 0x7FF)
    if not hresult >> 31 or facility is None:
        return None
    name = _NAMES.get(hresult)
    return facility.format(hresult & 0xFFFF) + (f", {name}" if name else "")
