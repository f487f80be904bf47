let timer;

/** Shows a line at the bottom of the window for a moment. */
export function notice(text, kind = 'good') {
  const element = document.querySelector('#notice');
  element.textContent = text;
  element.dataset.kind = kind;
  clearTimeout(timer);
  timer = setTimeout(() => {
    element.textContent = '';
  }, 4000);
}
