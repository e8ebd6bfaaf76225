// Says in a list of sentences what overlaps, is cut, sticks out or cannot be read on this page.
(() => {
  const problems = [];
  const say = (text) => { if (problems.length < 40) problems.push(text); };
  const root = document.documentElement;
  const width = root.clientWidth;
  const name = (element) => {
    const text = (element.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40);
    const classes = element.getAttribute('class');
    return '<' + element.tagName.toLowerCase() + (classes ? ' class=' + classes : '') + '> "' + text + '"';
  };
  const hidden = (element) => {
    for (let e = element; e && e !== root; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.display === 'none' || style.visibility === 'hidden' || style.clipPath === 'inset(50%)') return true;
    }
    return false;
  };

  if (root.scrollWidth > width) say('the page is ' + root.scrollWidth + ' wide, the window ' + width);

  // what is seen: lines of text, pictures, and labels of charts
  const leaves = [];
  const add = (element, rects) => {
    for (const r of rects) {
      if (r.width > 0.5 && r.height > 0.5) leaves.push({ element, left: r.left, right: r.right, top: r.top, bottom: r.bottom });
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || hidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    add(element, range.getClientRects());
  }
  for (const image of document.querySelectorAll('img')) {
    if (!hidden(image)) add(image, image.getClientRects());
    if (!image.complete || image.naturalWidth === 0) say('a picture is not shown: ' + image.alt);
  }

  for (const leaf of leaves) {
    if (leaf.left < -0.5 || leaf.right > width + 0.5) say('outside of the window: ' + name(leaf.element));
    for (let e = leaf.element; e && e !== root; e = e.parentElement) {
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      const blocks = style.display !== 'inline' && e.namespaceURI === 'http://www.w3.org/1999/xhtml';
      const out = leaf.left < box.left - 1 || leaf.right > box.right + 1;
      const below = leaf.top < box.top - 4 || leaf.bottom > box.bottom + 4;
      if (blocks && (out || (below && style.overflow !== 'visible'))) {
        say('sticks out of ' + name(e) + ': ' + name(leaf.element));
        break;
      }
      if (e.tagName === 'svg' && (out || below)) say('cut by the chart: ' + name(leaf.element));
    }
  }

  // boxes of text reach a little above and below the letters
  leaves.sort((a, b) => a.top - b.top);
  for (let i = 0; i < leaves.length; i++) {
    for (let j = i + 1; j < leaves.length && leaves[j].top < leaves[i].bottom - 3; j++) {
      const a = leaves[i], b = leaves[j];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1) {
        say('overlap: ' + name(a.element) + ' and ' + name(b.element));
      }
    }
  }

  const inline = (element) => getComputedStyle(element).display.startsWith('inline');
  for (const parent of document.body.querySelectorAll('*')) {
    if (parent.namespaceURI !== 'http://www.w3.org/1999/xhtml' || hidden(parent)) continue;
    const style = getComputedStyle(parent);
    if (style.overflowX !== 'visible' && parent.scrollWidth > parent.clientWidth + 1) say('cut: ' + name(parent));
    const children = [...parent.children].filter((e) => !hidden(e) && !inline(e));
    const boxes = children.map((e) => e.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const across = Math.min(boxes[i].right, boxes[j].right) - Math.max(boxes[i].left, boxes[j].left);
        const down = Math.min(boxes[i].bottom, boxes[j].bottom) - Math.max(boxes[i].top, boxes[j].top);
        if (across > 1 && down > 1) say('boxes overlap: ' + name(children[i]) + ' and ' + name(children[j]));
      }
    }
  }

  // WCAG 2.2, 1.4.3: text stands out from what is behind it by 4.5 to 1
  const parts = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = parts(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  for (const element of new Set(leaves.map((leaf) => leaf.element))) {
    if (element.tagName === 'IMG') continue;
    const style = getComputedStyle(element);
    const svg = element.ownerSVGElement;
    const lights = [luminance(parts(svg ? style.fill : style.color)), luminance(behind(element))].sort();
    const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (ratio < 4.5) say('faint, ' + ratio.toFixed(1) + ' to 1: ' + name(element));
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    if (parseFloat(style.fontSize) * scale < 11) say('too small to read: ' + name(element));
  }
  return problems;
})()
