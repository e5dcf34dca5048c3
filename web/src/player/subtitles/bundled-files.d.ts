/** The address of a file of the page, relative to the script that names it. */
declare module '*.wasm' {
  const address: string;
  export default address;
}

declare module '*.woff2' {
  const address: string;
  export default address;
}

/** The address of a script by itself. */
declare module '*?worker' {
  const address: string;
  export default address;
}
