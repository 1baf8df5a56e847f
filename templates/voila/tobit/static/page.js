/* What Voila calls while it runs the cells, the words for it, and light or dark. */
(function () {
  'use strict';

  const started = Date.now();
  const byId = id => document.getElementById(id);
  let running = true;

  /* Words in place of the page. */
  window.tobit_say = function (text) {
    running = false;
    byId('loading_text').textContent = text;
    byId('loading_time').textContent = '';
    byId('loading').hidden = false;
  };

  window.voila_heartbeat = function () {};

  window.voila_process = function (cell, count) {
    byId('loading_text').textContent = cell > count ? 'Drawing …' : `Running cell ${cell} of ${count} …`;
  };
  window.update_loading_text = window.voila_process;

  /* Called twice: when the last cell is there, and when Voila's script is. The later one shows the page. */
  window.voila_finish = function () {
    window.cellLoaded = true;
    if (!window.themeLoaded) {
      return;
    }
    running = false;
    byId('loading').hidden = true;
    byId('rendered_cells').hidden = false;
    // Plots measured themselves while the page was hidden.
    window.dispatchEvent(new Event('resize'));
  };
  window.display_cells = window.voila_finish;

  const clock = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    if (!running) {
      clearInterval(clock);
    } else if (seconds >= 3) {
      byId('loading_time').textContent = `${seconds} s`;
    }
  }, 1000);

  window.addEventListener('DOMContentLoaded', () => {
    if (!window.cellLoaded) {
      window.tobit_say('The page broke off before it was ready. Reload it.');
    }
  });

  /* The address decides, then the author or who started Voila, then the system, also when it changes. */
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const asked = (new URLSearchParams(location.search).get('theme') ?? '').toLowerCase();
  const chosen = ['light', 'dark'].find(name => asked.endsWith(name)) ?? document.body.dataset.tobitTheme;

  function paint() {
    const dark = chosen === 'system' ? system.matches : chosen === 'dark';
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
    document.querySelector('link[data-theme=dark]').media = dark ? 'all' : 'not all';
    document.body.dataset.jpThemeLight = String(!dark);
    document.body.dataset.jpThemeName = dark ? 'JupyterLab Dark' : 'JupyterLab Light';
    document.body.classList.toggle('theme-dark', dark);
    document.body.classList.toggle('theme-light', !dark);
  }

  system.addEventListener('change', paint);
  paint();
})();
