// What works with JavaScript alone: search, filters, copying. Nothing here makes HTML of text, and nothing is fetched from elsewhere.

(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function make(name, content, properties = {}) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...[content].flat());
    return element;
  }

  /** Rows of data by the list's name. Scripts under `assets/` bring them, so that this works from a folder too. */
  const lists = { images: [], packages: [], sets: [], tags: [] };
  globalThis.ingotData = (name, rows) => {
    for (const row of rows) lists[name]?.push(row);
  };

  let loading;
  function load(form) {
    loading ??= Promise.all(form.dataset.index.split(" ").filter(Boolean).map(loadScript));
    return loading;
  }

  function loadScript(src) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      // In the order of the paths: rows are named by their place.
      Object.assign(script, { async: false, src, onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }

  const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

  /** What is searched for stands in the address, so that it can be sent to somebody. */
  function remember(text) {
    const query = text.trim() === "" ? location.pathname : `#q=${encodeURIComponent(text.trim())}`;
    history.replaceState(null, "", query);
  }

  function remembered() {
    try {
      return decodeURIComponent(/^#q=(.*)$/.exec(location.hash)?.[1] ?? "");
    } catch {
      return "";
    }
  }

  /** Shows a form that does nothing without this script, and has it do something. */
  function open(form, act) {
    const input = find("input", form);
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      remember(input.value);
      act();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || input.value === "") return;
      event.preventDefault();
      input.value = "";
      form.dispatchEvent(new Event("input"));
    });
    input.value = remembered();
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.focus();
    });
    act();
  }

  // ---- the front page

  function languageSearch(form) {
    const list = find("#cards");
    const cards = all(".card", list);
    const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
    open(form, async () => {
      const words = wordsOf(find("#q").value);
      if (words.length > 0) await loaded(form);
      // Something else may have been typed meanwhile.
      if (words.join(" ") !== wordsOf(find("#q").value).join(" ")) return;
      const kept = cards.filter((card) => passes(card, form));
      const judged = kept.map((card) => ({ card, ...judge(card.dataset.language, texts.get(card), words) }));
      const direct = judged.filter(({ rank }) => rank === 2);
      const inside = judged.filter(({ rank }) => rank === 1);
      for (const card of cards) card.hidden = true;
      for (const { card, why } of [...direct, ...inside]) {
        card.hidden = false;
        find(".why", card).textContent = why;
        find(".why", card).hidden = why === "";
      }
      const first = [...direct, ...inside].map(({ card }) => card);
      list.append(...first, ...cards.filter((card) => !first.includes(card)));
      const also =
        inside.length === 0
          ? ""
          : `${direct.length === 0 ? "" : ", and "}${count(inside.length, "language")} by package`;
      const found = direct.length === 0 && also !== "" ? "" : count(direct.length, "language");
      const isAll = words.length === 0 && direct.length === cards.length;
      const none = direct.length + inside.length === 0;
      find("#status").textContent = isAll ? "" : none ? "No language has that." : `${found}${also}`;
    });
  }

  const loaded = (form) =>
    load(form).catch(() => {
      find("#status").textContent = "The data of the search cannot be loaded.";
    });

  /** One pair must have everything that is asked for. */
  function passes(card, form) {
    const [family, support, platform] = ["family", "support", "platform"].map((id) => find(`#${id}`, form).value);
    return card.dataset.facets.split(" ").some((facet) => {
      const [its, state, ...rest] = facet.split("/");
      return (
        (!family || its === family) && (!support || state === support) && (!platform || rest.join("/") === platform)
      );
    });
  }

  /** 2: by its name, a version or a tag. 1: by a package. 0: not at all. `why` says what was found. */
  function judge(language, text, words) {
    const tags = lists.tags.find(([name]) => name === language)?.[1] ?? [];
    const reasons = [];
    let rank = 2;
    for (const word of words) {
      if (text.includes(word)) continue;
      const tag = tags.find((each) => each === word) ?? tags.find((each) => each.includes(word));
      const use = tag === undefined && word.length > 2 ? packageOf(language, word) : undefined;
      if (tag === undefined && use === undefined) return { rank: 0, why: "" };
      if (use !== undefined) rank = 1;
      reasons.push(tag === undefined ? `package ${use[0]} ${use[1]}` : `tag ${tag}`);
    }
    return { rank, why: reasons.join(", ") };
  }

  function packageOf(language, word) {
    const has = ([, , , set]) => lists.sets[set][1].some((image) => lists.images[image][0] === language);
    const uses = lists.packages.filter((use) => matches(use, [word]) && has(use));
    return uses.find(([name]) => name === word) ?? uses[0];
  }

  const matches = ([name, version, source], words) =>
    words.every((word) => name.toLowerCase().includes(word) || source.includes(word) || version.includes(word));

  // ---- does it contain …?

  const shown = 100;

  function containsSearch(form) {
    const [results, rest, status] = [find("#results"), find("#rest"), find("#status")];
    open(form, async () => {
      const words = wordsOf(find("#q").value);
      if (words.length > 0) await loaded(form);
      if (words.join(" ") !== wordsOf(find("#q").value).join(" ")) return;
      const found =
        words.length === 0 ? [] : lists.packages.filter((use) => matches(use, words)).sort(byNearness(words));
      find("tbody", results).replaceChildren(...found.slice(0, shown).map(rowOf));
      results.hidden = found.length === 0;
      rest.hidden = found.length <= shown;
      rest.textContent = `And ${found.length - shown} more: say more of the name or the version.`;
      if (words.length === 0) status.textContent = "";
      else if (lists.packages.length > 0) status.textContent = sayFound(found);
    });
  }

  function sayFound(found) {
    const images = new Set(found.flatMap(([, , , set]) => lists.sets[set][1]));
    return found.length === 0
      ? "No image has such a package, as far as packages are known."
      : `${count(found.length, "package")} in ${count(images.size, "image")}.`;
  }

  const byNearness = (words) => (a, b) => distance(a, words) - distance(b, words);
  function distance([name, , source], words) {
    if (words.includes(name)) return 0;
    if (words.includes(source)) return 1;
    return words.some((word) => name.startsWith(word)) ? 2 : 3;
  }

  function rowOf([name, version, source, set]) {
    const [where, images] = lists.sets[set];
    const head = make("th", source === "" ? name : [`${name} `, make("i", `from ${source}`)], {
      role: "rowheader",
      scope: "row",
    });
    const partly = images.filter((image) => lists.images[image][3] === 0).length;
    const known = partly === 0 ? "" : ` (${partly === images.length ? "all" : partly} known in part)`;
    const details = make("details", make("summary", `${count(images.length, "image")}${known}: ${where}`));
    details.addEventListener("toggle", () => details.append(make("ul", images.map(linkTo))), { once: true });
    const cell = (content) => make("td", content, { role: "cell" });
    return make("tr", [head, cell(version), cell(details)], { role: "row" });
  }

  function linkTo(image) {
    const [language, anchor, name] = lists.images[image];
    const href = `../languages/${encodeURIComponent(language)}/index.html#${encodeURIComponent(anchor)}`;
    return make("li", make("a", name, { href }));
  }

  // ---- the packages of a language

  function packagesSearch(form) {
    const groups = all(".group").map((group) => {
      const packages = all("li", group).map((item) => {
        return { item, text: `${item.textContent} ${item.dataset.source ?? ""}`.toLowerCase() };
      });
      return { group, packages, images: group.dataset.images.split(" "), wasOpen: group.open };
    });
    open(form, () => {
      const words = wordsOf(find("#q").value);
      const image = find("#image").value;
      let found = 0;
      for (const { group, packages, images, wasOpen } of groups) {
        const here = image === "" || images.includes(image);
        const hits = packages.filter(({ item, text }) => {
          const isHit = here && words.every((word) => text.includes(word));
          item.hidden = !isHit;
          return isHit;
        }).length;
        group.hidden = hits === 0;
        group.open = words.length === 0 && image === "" ? wasOpen : hits > 0;
        found += hits;
      }
      const isAll = words.length === 0 && image === "";
      find("#status").textContent = isAll ? "" : found === 0 ? "No such package." : `${count(found, "package")}.`;
    });
  }

  // ---- copying

  function offerCopying() {
    if (navigator.clipboard === undefined) return;
    for (const button of all("button.copy")) {
      button.hidden = false;
      const label = button.textContent;
      button.addEventListener("click", async () => {
        const { copy, copyText } = button.dataset;
        try {
          await navigator.clipboard.writeText(copyText ?? document.getElementById(copy).textContent);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Not copied";
        }
        find("#said").textContent = button.textContent;
        setTimeout(() => {
          button.textContent = label;
          find("#said").textContent = "";
        }, 2000);
      });
    }
  }

  const searches = {
    "languages-search": languageSearch,
    "contains-search": containsSearch,
    "packages-search": packagesSearch,
  };
  for (const [id, search] of Object.entries(searches)) {
    const form = document.getElementById(id);
    if (form !== null) search(form);
  }
  offerCopying();
})();
