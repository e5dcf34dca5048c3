// The page's policy asks for trusted types: text becomes markup, script or the address of a script only through a policy.
// media-chrome writes its elements' markup as text, and knows of no policy. So there is a default one, for markup alone, which
// refuses whatever could act: it lets the controls be drawn, and nobody else's script in. There is none for scripts.

/** The part of the browser that is meant; not in every one. */
interface TrustedTypes {
  createPolicy(name: 'default', rules: { readonly createHTML: (markup: string) => string | null }): unknown;
}

/** What the markup of controls never holds: scripts, handlers of events, frames, addresses that are scripts. */
const ACTIVE = /<(?:script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', {
  createHTML: (markup) => (ACTIVE.test(markup) ? null : markup),
});
