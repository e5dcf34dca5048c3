// The elements of media-chrome that the player is made of, as Preact knows them.
import type { HTMLAttributes, Ref } from 'preact';
import type MediaController from 'media-chrome/dist/media-controller.js';

type ElementAttributes = HTMLAttributes<HTMLElement>;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': Omit<ElementAttributes, 'ref'> & {
        ref?: Ref<MediaController>;
        /** Seconds after which controls hide; -1 for never. */
        autohide?: string;
        nodefaultstore?: boolean;
        nohotkeys?: boolean;
      };
      'media-airplay-button': ElementAttributes;
      'media-cast-button': ElementAttributes;
      'media-fullscreen-button': ElementAttributes;
      'media-mute-button': ElementAttributes;
      'media-pip-button': ElementAttributes;
      'media-play-button': ElementAttributes & { notooltip?: boolean };
      'media-seek-backward-button': ElementAttributes & { seekoffset?: string; notooltip?: boolean };
      'media-seek-forward-button': ElementAttributes & { seekoffset?: string; notooltip?: boolean };
      'media-time-range': ElementAttributes;
      'media-volume-range': ElementAttributes;
    }
  }
}
