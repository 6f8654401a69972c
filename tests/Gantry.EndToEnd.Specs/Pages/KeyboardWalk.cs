using Microsoft.Playwright;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Through a page by the key Tab alone.</summary>
internal static class KeyboardWalk
{
    private const int StopsMax = 30;

    // A stop is looked at when the next one has the focus: then it has been scrolled to. What can be chosen is shown by its label.
    private const string Follow = """
        () => {
          const shown = element => element.type === 'radio' || element.type === 'checkbox' ? element.labels?.[0] ?? element : element;
          const name = element => `${element.tagName.toLowerCase()} '${(element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.textContent).trim().slice(0, 40)}'`;
          const looks = element => [element, element.nextElementSibling, element.parentElement, element.parentElement?.parentElement, element.parentElement?.parentElement?.parentElement]
            .map(each => each && getComputedStyle(each)).map(style => style && [style.outlineStyle, style.outlineColor, style.boxShadow, style.borderColor, style.backgroundColor].join()).join('|');
          const placeOf = element => {
            const box = shown(element).getBoundingClientRect();
            const [left, top, right, bottom] = [Math.max(0, box.left), Math.max(0, box.top), Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
            return [box, [[(left + right) / 2, (top + bottom) / 2], [left + 6, top + 6]].map(([x, y]) => document.elementFromPoint(x, y))];
          };
          const isSeen = (element, at) => at.some(each => each !== null && (shown(element).contains(each) || each.contains(element)));
          const style = document.head.appendChild(document.createElement('style'));
          style.textContent = '*, *::before, *::after { transition: none !important; }';
          const content = document.querySelector('#content');
          const walk = window.walk = { wrong: [], isOut: false, stops: [], elements: new Set() };
          let last = null;
          walk.isSeen = () => last === null || !last.element.isConnected || isSeen(last.element, placeOf(last.element)[1]);
          walk.leave = next => {
            if (last === null || !last.element.isConnected) return;
            const [box, at] = placeOf(last.element);
            if (!isSeen(last.element, at)) walk.wrong.push(`${name(last.element)} has the focus and is not seen: it is from ${Math.round(box.top)} to ${Math.round(box.bottom)} of ${innerHeight}, behind ${at.map(each => each && name(each)).join(' and ')}`);
            if (!last.element.isContentEditable && last.looks === looks(last.element)) walk.wrong.push(`${name(last.element)} does not show that it has the focus`);
            const then = next && shown(next).getBoundingClientRect();
            if (then && then.bottom <= box.top && then.left < box.right) walk.wrong.push(`${name(next)} comes after ${name(last.element)} and stands above it`);
          };
          content.focus();
          document.addEventListener('focusin', ({ target }) => {
            if (walk.isOut) return;
            walk.isOut = !content.contains(target);
            walk.leave(walk.isOut ? null : target);
            last = walk.isOut ? null : { element: target, looks: looks(target) };
            if (walk.isOut) return;
            walk.stops.push(name(target));
            walk.elements.add(target);
          });
          content.addEventListener('focusout', ({ relatedTarget }) => { if (relatedTarget === null) { walk.leave(null); last = null; walk.isOut = true; } });
        }
        """;

    private const string Out = "out";
    private const string Editor = "editor";

    // Chromium scrolls what has the focus into sight with a frame that follows, and a key pressed sooner would leave it before it was ever seen. What no frame brings into sight is told.
    private const string Place = $$"""
        async () => {
          for (let frame = 0; frame < 2 || frame < 100 && !walk.isSeen(); frame++) await new Promise(requestAnimationFrame);
          return walk.isOut ? '{{Out}}' : document.activeElement.isContentEditable ? '{{Editor}}' : 'place';
        }
        """;

    /// <summary>What is wrong with it: what is not seen, does not show that it has the focus, comes too early or is never left again.</summary>
    public static async Task<string[]> TakeAsync(IPage page)
    {
        await page.EvaluateAsync(Follow);
        for (var stop = 0; stop < StopsMax && await page.EvaluateAsync<string>(Place) is var place && place != Out; stop++)
        {
            // There Tab indents, except behind Escape.
            if (place == Editor) await page.Keyboard.PressAsync("Escape");
            await page.Keyboard.PressAsync("Tab");
        }

        return await page.EvaluateAsync<string[]>($$"""
            () => [...walk.wrong, ...walk.isOut || walk.elements.size > {{StopsMax}} / 2 ? [] : [`Tab does not lead out of the page: ${walk.stops.slice(-5).join(', ')}`]]
            """);
    }
}
