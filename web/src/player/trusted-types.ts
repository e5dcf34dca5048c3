// The page's policy asks for trusted types: text becomes markup, script or the address of a script only through a policy.
// media-chrome writes its elements' markup as text, and knows of no policy. So there is a default one, which refuses markup that
// could act: it lets the controls be drawn, and nobody else's script in. Scripts are run by address where they are the page's own
// files, as the worker is that draws subtitles; there is no policy for scripts that are text.

/** The part of the browser that is meant; not in every one. */
interface TrustedTypes {
  createPolicy(name: 'default', rules: Readonly<Record<'createHTML' | 'createScriptURL', Rule>>): unknown;
}

/** Lets text be what it is to be, or refuses it. */
type Rule = (text: string) => string | null;

/** What the markup of controls never holds: scripts, handlers of events, frames, addresses that are scripts. */
const ACTIVE = /<(?:script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', {
  createHTML: (markup) => (ACTIVE.test(markup) ? null : markup),
  createScriptURL: (address) => (isOwnFile(address) ? address : null),
});

function isOwnFile(address: string): boolean {
  const { origin, pathname } = new URL(address, location.href);
  return origin === location.origin && /^\/assets\/[\w.-]+\.js$/.test(pathname);
}
