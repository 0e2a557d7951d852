// What dcmjs reads of a measurement report and a segmentation, as JSON on standard output:
//   node read_with_dcmjs.js sr.dcm seg.dcm      (NODE_PATH names the folder that holds dcmjs)
// {"tools": of its TID 1500 adapter, "groups": [{"uid", "site", "volume"}], "segments": {"1": voxels}}
const fs = require("fs");
const dcmjs = require("dcmjs");

function read(file) {
    const content = fs.readFileSync(file);
    const bytes = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength);
    const parsed = dcmjs.data.DicomMessage.readFile(bytes);
    const dataset = dcmjs.data.DicomMetaDictionary.naturalizeDataset(parsed.dict);
    dataset._meta = dcmjs.data.DicomMetaDictionary.namifyDataset(parsed.meta);
    return dataset;
}

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const first = (value) => list(value)[0];
const name = (item) => first(item.ConceptNameCodeSequence).CodeValue;
const children = (item, code) => list(item.ContentSequence).filter((child) => name(child) === code);

function group(item) {
    const [volume] = children(item, "118565006");
    const [site] = children(item, "363698007");
    return {
        uid: children(item, "112040")[0].UID,
        site: first(site.ConceptCodeSequence).CodeMeaning,
        volume: Number(first(volume.MeasuredValueSequence).NumericValue),
    };
}

function voxels(segmentation) {
    const plane = segmentation.Rows * segmentation.Columns;
    const bits = dcmjs.data.BitArray.unpack(first(segmentation.PixelData));
    const counts = {};
    list(segmentation.PerFrameFunctionalGroupsSequence).forEach((frame, n) => {
        const number = first(frame.SegmentIdentificationSequence).ReferencedSegmentNumber;
        let count = 0;
        for (let bit = n * plane; bit < (n + 1) * plane; ++bit) if (bits[bit]) ++count;
        counts[number] = (counts[number] || 0) + count;
    });
    return counts;
}

const report = read(process.argv[2]);
const [measurements] = children(report, "126010");
console.log(JSON.stringify({
    tools: dcmjs.adapters.Cornerstone.MeasurementReport.generateToolState(report),
    groups: children(measurements, "125007").map(group),
    segments: voxels(read(process.argv[3])),
}));
