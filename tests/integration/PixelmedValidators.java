import com.pixelmed.dicom.AttributeList;
import com.pixelmed.dicom.TagFromName;
import com.pixelmed.validate.DicomInstanceValidator;
import com.pixelmed.validate.DicomSRValidator;
import java.io.BufferedReader;
import java.io.InputStreamReader;

/**
 * PixelMed's validators for many files in one process: their style sheets take ten seconds to compile.
 * Reads lines "document FILE" (structured reports, key objects) and "instance FILE" until the end of standard input; prints
 * for each the line "=== FILE" and what the validator says. Style sheets are compiled before the first line is read.
 */
public class PixelmedValidators {
    public static void main(String[] arguments) throws Exception {
        DicomSRValidator documents = new DicomSRValidator();
        DicomInstanceValidator instances = new DicomInstanceValidator();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] parts = line.split(" ", 2);
            System.out.println("=== " + parts[1]);
            System.out.println(parts[0].equals("document") ? documents.validate(parts[1])
                                                            : instances.validate(read(parts[1])));
        }
    }

    private static AttributeList read(String file) throws Exception {
        AttributeList attributes = new AttributeList();
        attributes.read(file, TagFromName.PixelData);
        return attributes;
    }
}
