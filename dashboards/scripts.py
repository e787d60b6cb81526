"""Our own JavaScript: the only scripts that a page may run besides Streamlit's."""

# installed once per page; keys typed into a field are left alone
SIGNS = """
if (!window.seatshiftSigns) {
  window.seatshiftSigns = true;
  document.addEventListener("keydown", (event) => {
    const key = {"?": "key_help", "/": "key_search"}[event.key];
    const at = event.target;
    const typing = at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName);
    const button = key && !typing && document.querySelector(`.st-key-${key} button`);
    if (button) { event.preventDefault(); button.click(); }
  });
}
"""
# the field may be drawn a moment later, the search field after the box of results
FOCUS = """
(function find(left) {
  const place = document.querySelector(".st-key-account_find") ? "find" : "pick";
  const field = document.querySelector(`.st-key-account_${place} input`);
  if (field) field.focus(); else if (left) setTimeout(find, 100, left - 1);
})(50);
"""
# the link in its dialog, which may be drawn a moment later
COPY = """
(function find(left) {
  const link = document.querySelector("[role=dialog] [data-testid=stCode] code");
  if (link) navigator.clipboard.writeText(link.innerText.trim());
  else if (left) setTimeout(find, 100, left - 1);
})(50);
"""


def tag(script: str) -> str:
    """The script as HTML; the server's content policy allows it by the hash of its exact text."""
    return f"<script>{script}</script>"
