using System.Text;

namespace Gantry.Engine.Transfers;

/// <summary>What names have in common that some system takes for one: the same but for case, or for how accents are composed.</summary>
internal static class NameForm
{
    /// <summary>Equal for all such names.</summary>
    public static string Of(string path)
    {
        try
        {
            return path.Normalize(NormalizationForm.FormC).ToUpperInvariant();
        }
        catch (ArgumentException)
        {
            // Bytes that are not UTF-8 have no composed form.
            return path.ToUpperInvariant();
        }
    }
}
