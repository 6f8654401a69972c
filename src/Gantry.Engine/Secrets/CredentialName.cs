namespace Gantry.Engine.Secrets;

/// <summary>Names of credentials that belong to a website: "sample-website" and "FTP_PASSWORD" make SAMPLE_WEBSITE_FTP_PASSWORD.</summary>
public static class CredentialName
{
    /// <summary>Fails with BadSetting when either is empty or has letters that no name can hold.</summary>
    public static string Of(string website, string type)
    {
        var name = $"{Part(website, "website")}_{Part(type, "type")}";
        return SecretRef.IsName(name) ? name : throw new SecretStoreException(
            SecretStoreError.BadSetting, $"'{name}' is too long for the name of a credential: choose a shorter website or type.");
    }

    /// <summary>What the names of a website's credentials begin with.</summary>
    public static string PrefixOf(string website) => Part(website, "website") + "_";

    private static string Part(string text, string noun)
    {
        if (!text.Any(char.IsAsciiLetterOrDigit) || !text.All(character => char.IsAscii(character) && !char.IsControl(character)))
        {
            throw new SecretStoreException(
                SecretStoreError.BadSetting, $"The {noun} must have letters or digits, and only ASCII ones; a domain with others is written in its 'xn--' form.");
        }

        return string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));
    }
}
