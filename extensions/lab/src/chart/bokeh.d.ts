declare module '@bokeh/bokehjs/build/js/bokeh.esm.min.js' {
  interface Views {
    clear(): void;
  }
  const Bokeh: {
    version: string;
    embed: { embed_item(item: unknown, target: HTMLElement): Promise<Views> };
    set_log_level(level: string): void;
  };
  export default Bokeh;
}
