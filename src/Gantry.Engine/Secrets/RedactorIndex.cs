using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gantry.Engine.Secrets;

/// <summary>All that is looked for, found by its first four symbols in each alphabet, so that a text is gone through once however many secrets there are.</summary>
internal sealed class RedactorIndex
{
    public RedactorIndex(IReadOnlyCollection<RedactorNeedle> all)
    {
        RedactorNeedle[] needles = [.. all];
        IsEmpty = needles.Length == 0;
        Bytes = new RedactorTable<RedactorBytes>(needles);
        Hex = new RedactorTable<RedactorHex>(needles);
        Base64 = new RedactorTable<RedactorBase64>(needles);
    }

    public static RedactorIndex Empty { get; } = new([]);

    public bool IsEmpty { get; }

    public RedactorTable<RedactorBytes> Bytes { get; }

    public RedactorTable<RedactorHex> Hex { get; }

    public RedactorTable<RedactorBase64> Base64 { get; }
}

internal sealed class RedactorTable<TAlphabet>
    where TAlphabet : struct, IRedactorAlphabet
{
    /// <summary>Those between two digits; more of them are no separator.</summary>
    private const int SkippedMax = 24;

    private readonly RedactorNeedle[] needles;

    /// <summary>One for each needle and alignment, in this order.</summary>
    private readonly Entry[] entries;

    /// <summary>The number of the first entry of each slot; 0 means that it has none.</summary>
    private readonly int[] heads;
    private readonly int headShift;

    /// <summary>One bit for each of many more slots, so that hardly a place in a text is looked up in vain.</summary>
    private readonly ulong[] filter;
    private readonly int filterShift;

    public RedactorTable(RedactorNeedle[] needles)
    {
        this.needles = needles;
        entries = new Entry[needles.Length * TAlphabet.Alignments];
        var bits = Math.Max(4, BitOperations.Log2((uint)(entries.Length + 1)) + 1);
        (heads, headShift) = (new int[1 << bits], 32 - bits);
        bits = Math.Min(bits + 5, 24);
        (filter, filterShift) = (new ulong[1 << (bits - 6)], 32 - bits);
        for (var number = 0; number < entries.Length; number++)
        {
            var needle = needles[number / TAlphabet.Alignments].Bytes;
            var alignment = number % TAlphabet.Alignments;
            var gram = 0u;
            for (var i = 0; i < 4; i++)
            {
                gram |= (uint)TAlphabet.Symbol(needle, alignment, i) << (8 * i);
            }

            var hash = Hash(gram);
            filter[hash >> filterShift >> 6] |= 1UL << (int)(hash >> filterShift);
            ref var head = ref heads[hash >> headShift];
            entries[number] = new Entry(gram, head);
            head = number + 1;
        }
    }

    /// <summary>Adds where in the bytes something is found, with an excluded end; answers whether it found anything. Without a list it stops at the first.</summary>
    public bool Find(ReadOnlySpan<byte> text, List<(int Start, int End)>? found)
    {
        var isFound = false;
        ref var bits = ref MemoryMarshal.GetArrayDataReference(filter);
        ref var symbols = ref MemoryMarshal.GetArrayDataReference(TAlphabet.Symbols);
        var gram = 0xFFFFFFFFu;
        var skipped = 0;
        for (var at = 0; at < text.Length; at++)
        {
            uint symbol = Unsafe.Add(ref symbols, text[at]);
            if (TAlphabet.HasSeparators)
            {
                if (symbol == IRedactorAlphabet.Skip && ++skipped <= SkippedMax)
                {
                    continue;
                }

                skipped = 0;
            }

            gram = (gram >> 8) | (symbol << 24);
            var hash = Hash(gram);
            if ((Unsafe.Add(ref bits, hash >> filterShift >> 6) & (1UL << (int)(hash >> filterShift))) != 0 && FindAt(text, at, gram, found))
            {
                isFound = true;
                if (found is null)
                {
                    return true;
                }
            }
        }

        return isFound;
    }

    private static uint Hash(uint gram) => gram * 0x9E3779B1u;

    /// <param name="at">Where the fourth symbol stands.</param>
    private bool FindAt(ReadOnlySpan<byte> text, int at, uint gram, List<(int Start, int End)>? found)
    {
        var isFound = false;
        for (var number = heads[Hash(gram) >> headShift]; number != 0; number = entries[number - 1].Next)
        {
            if (entries[number - 1].Gram == gram && TryMatch(text, at, number - 1, out var range))
            {
                isFound = true;
                found?.Add(range);
            }
        }

        return isFound;
    }

    /// <param name="at">Where the fourth symbol stands.</param>
    private bool TryMatch(ReadOnlySpan<byte> text, int at, int entry, out (int Start, int End) range)
    {
        var needle = needles[entry / TAlphabet.Alignments].Bytes;
        var alignment = entry % TAlphabet.Alignments;
        var count = TAlphabet.Count(needle.Length, alignment);
        range = default;
        var end = at;
        for (var i = 4; i < count; i++)
        {
            if (!TryStep(text, 1, ref end, out var symbol) || symbol != TAlphabet.Symbol(needle, alignment, i))
            {
                return false;
            }
        }

        var (before, behind) = TAlphabet.Edges(needle.Length, alignment);
        var start = at;
        for (var i = 0; i < 3; i++)
        {
            if (!TryStep(text, -1, ref start, out _))
            {
                return false;
            }
        }

        range = (Widen(text, start, before, -1), Widen(text, end, behind, 1) + 1);
        return true;
    }

    private static int Widen(ReadOnlySpan<byte> text, int at, int count, int step)
    {
        var next = at;
        return count > 0 && TryStep(text, step, ref next, out var symbol) && symbol < IRedactorAlphabet.Skip ? next : at;
    }

    /// <summary>Goes to the symbol beside this one; false when there is none.</summary>
    private static bool TryStep(ReadOnlySpan<byte> text, int step, ref int at, out byte symbol)
    {
        symbol = IRedactorAlphabet.Break;
        for (var skipped = 0; skipped <= SkippedMax; skipped++)
        {
            at += step;
            if ((uint)at >= (uint)text.Length)
            {
                return false;
            }

            symbol = TAlphabet.Symbols[text[at]];
            if (!TAlphabet.HasSeparators || symbol != IRedactorAlphabet.Skip)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Entry(uint Gram, int Next);
}
