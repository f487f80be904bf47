/** The share of pixels, from 0 to 1, in which two pictures differ; pictures of different sizes differ wholly. */
globalThis.differentPixels = async (before, now) => {
  const [a, b] = await Promise.all([pixels(before), pixels(now)]);
  if (a.width !== b.width || a.height !== b.height) return 1;
  const one = new Uint32Array(a.data.buffer);
  const other = new Uint32Array(b.data.buffer);
  let different = 0;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) different++;
  return different / one.length;
};

async function pixels(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}
