/**
 * The headers of the page, which loads nothing from elsewhere, runs no script that stands in it or is made of text, and is
 * framed by nobody but those who are named.
 * @param embedders - origins whose pages may frame it; none as a rule.
 * @see Content Security Policy Level 3; OWASP HTTP Security Response Headers Cheat Sheet
 */
export function pageHeaders(embedders: readonly string[]): Readonly<Record<string, string>> {
  const ancestors = embedders.length === 0 ? "'none'" : embedders.join(' ');
  return {
    'content-security-policy': `${POLICY}; frame-ancestors ${ancestors}`,
    'permissions-policy': PERMISSIONS,
    // A page that opens this one, or is opened by it, gets no hold of its window; a frame has no window of its own.
    ...(embedders.length === 0 ? { 'cross-origin-opener-policy': 'same-origin' } : {}),
  };
}

/** Media come from blobs with Media Source Extensions; the icon and posters of subtitles are data. */
const POLICY = [
  "default-src 'none'",
  // libass, which draws ASS subtitles, is WebAssembly, in a worker with a script of its own. Text is still not made into script.
  "script-src 'self' 'wasm-unsafe-eval'",
  // The controls are elements with styles in their own roots. Styles fetch nothing from elsewhere: pictures are under img-src.
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  // hls.js makes tracks for text out of an empty WebVTT file that is in their address.
  "media-src 'self' blob: data:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  // One policy, for the markup of these elements alone: see web/src/player/trusted-types.ts. There is none for scripts.
  'trusted-types default',
].join('; ');

/** What a player has no use for, were a script to get in after all. */
const PERMISSIONS = [
  'camera',
  'display-capture',
  'geolocation',
  'hid',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');
