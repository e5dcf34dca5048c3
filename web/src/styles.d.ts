/** Styles are bundled into the page's one sheet. */
declare module '*.css';
