export function startFilter() {
  const input = document.querySelector('#filter');
  input?.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of document.querySelectorAll('.card')) {
      card.hidden = !words.every((word) => card.dataset.text.includes(word));
      if (!card.hidden) shown++;
    }
    document.querySelector('#nothing').hidden = shown > 0;
  });
}
