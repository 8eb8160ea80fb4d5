from lxml import etree

from hitotsu.plans.errors import DamagedFile


def parse_xml(data: bytes, file: str, part: str) -> etree._Element:
    """The root of an XML part. Entities stay unexpanded, nothing is fetched, and deep or huge trees are refused.

    Raises DamagedFile with the name of the part.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(file, where=f"{part}がXMLとして読めない") from error
