// Before anything is painted, so that nothing flashes in the other theme.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem('gantry-theme'); } catch (refused) { /* Storage may be switched off. */ }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
